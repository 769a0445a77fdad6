"""A real server on this machine answers; which addresses may be asked is the only thing that is let loose for it."""

import socket
import ssl
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.quality import link_fetching
from cms.quality.link_fetching import Outcome, ask, is_public

WORKS = Outcome()


class Site(BaseHTTPRequestHandler):
    """Answers each path as its name says, and remembers what it was asked."""

    asked: list = []

    def answer(self):
        Site.asked.append((self.command, self.path, dict(self.headers)))
        name, _, rest = self.path.lstrip("/").partition("/")
        if name == "slow":
            time.sleep(1)
        if name == "circle":
            name, rest = "302", self.path
        if name == "only-get" and self.command == "HEAD":
            name = "405" if rest else "501"
        status = int(name) if name.isdecimal() else 200
        self.send_response(status)
        if status in (301, 302, 303, 307, 308) and rest:
            self.send_header("Location", rest)
        self.end_headers()
        if name == "endless":
            self.wfile.write(b"x" * 1_000_000)

    do_HEAD = do_GET = answer  # noqa: N815 - the names http.server looks for

    def log_message(self, *args):
        pass


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that goes early is what is tested here."""


@pytest.fixture(scope="module")
def site():
    with QuietServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(autouse=True)
def nothing_asked():
    Site.asked.clear()


@contextmanager
def talking(say):
    """A server that takes one connection and does with it what it likes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take():
            taken, _ = server.accept()
            with taken:
                say(taken)

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def here(address, port):
    return address == "127.0.0.1"


def anywhere(address, port):
    return True


def leads_to(monkeypatch, *found):
    """Whatever name is looked up."""
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)


@pytest.mark.parametrize("path", ["/", "", "/endless", "/only-get", "/only-get/here", "/a b/ü?q=ü", "/200#part"])
def test_what_answers_works(site, path):
    assert ask(site + path, allowed=here) == WORKS


@pytest.mark.parametrize("status", [401, 403, 429, 451])
def test_a_site_that_keeps_machines_out_may_let_readers_in(site, status):
    assert ask(f"{site}/{status}", allowed=here) == WORKS


@pytest.mark.parametrize(("status", "is_certain"), [(404, True), (410, True), (400, False), (500, False), (503, False)])
def test_what_is_gone_is_said_in_words(site, status, is_certain):
    outcome = ask(f"{site}/{status}", allowed=here)

    assert str(status) in outcome.problem
    assert outcome.is_certain == is_certain
    assert not outcome.whole_site


def test_it_asks_for_the_head_first_and_says_who_it_is(site, settings):
    settings.SITE_URL = "https://portal.example"
    ask(f"{site}/404", allowed=here)

    assert [method for method, _, _ in Site.asked] == ["HEAD", "GET"]
    assert "https://portal.example" in Site.asked[0][2]["User-Agent"]
    assert Site.asked[0][2]["Host"] == site.removeprefix("http://")
    assert "Cookie" not in Site.asked[0][2]


def test_it_follows_where_a_site_sends_it(site):
    assert ask(f"{site}/301//302//200", allowed=here) == WORKS
    assert [path for _, path, _ in Site.asked] == ["/301//302//200", "/302//200", "/200"]


def test_it_does_not_go_in_circles(site):
    outcome = ask(f"{site}/302/{site}/302", allowed=here)
    circle = ask(f"{site}/circle", allowed=here)

    assert "does not say where to" in outcome.problem
    assert "on and on" in circle.problem
    assert len(Site.asked) < 20


@pytest.mark.parametrize(
    "target", ["http://[", "ftp://example.org/", "file:///etc/passwd", "http://user@127.0.0.1/", "http://127.0.0.1:x/"]
)
def test_it_follows_only_to_web_addresses(site, target):
    assert ask(f"{site}/302/{target}", allowed=here).problem


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://169.254.169.254/latest/", "http://[::1]/", "//192.168.1.1/"]
)
def test_it_does_not_follow_inside(site, target):
    outcome = ask(f"{site}/302/{target}", allowed=here)

    assert "private network" in outcome.problem
    assert len(Site.asked) == 1


INSIDE = [
    "0.0.0.1", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.1.2.3", "169.254.169.254", "172.16.0.1", "172.31.255.255",
    "192.0.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "fc00::1", "fd12:3456::1",
    "fe80::1", "fe80::1%1", "fec0::1", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_inside_is_asked(address, monkeypatch):
    leads_to(monkeypatch, address)

    assert not is_public(address, 80)
    assert "private network" in ask("http://looks-harmless.example/").problem


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4009::1"])
def test_the_open_internet_may_be_asked(address):
    assert is_public(address, 443)
    assert is_public(address, 80)


@pytest.mark.parametrize("port", [0, 22, 25, 8000, 8080, 5432])
def test_only_doors_of_the_web_are_knocked_at(port):
    assert not is_public("8.8.8.8", port)


def test_a_name_that_leads_inside_among_others_is_not_asked(monkeypatch):
    leads_to(monkeypatch, "8.8.8.8", "127.0.0.1")

    assert "private network" in ask("http://both.example/").problem


def test_a_name_is_looked_up_once_and_that_very_place_is_asked(site, monkeypatch):
    """Whoever owns the name could answer something else the second time."""
    real, looked_up = socket.getaddrinfo, []

    def once(host, port, *args, **kwargs):
        looked_up.append(host)
        return real("127.0.0.1" if host == "moving.example" else host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", once)

    outcome = ask(site.replace("127.0.0.1", "moving.example"), allowed=here)

    assert outcome == WORKS
    assert looked_up.count("moving.example") == 1
    assert Site.asked[0][2]["Host"].startswith("moving.example")


def test_a_name_that_nobody_has(monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    assert ask("https://nobody.example/") == Outcome("There is no site of that name.", whole_site=True)


def test_nobody_at_the_door():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert ask(f"http://127.0.0.1:{port}/", allowed=here) == Outcome("The site does not answer.", whole_site=True)


def say_nothing(taken):
    taken.recv(1)
    time.sleep(1)


def drip(taken):
    try:
        for letter in b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"x" * 100:
            taken.sendall(bytes([letter]))
            time.sleep(0.1)
    except OSError:
        pass


@pytest.mark.parametrize("say", [say_nothing, drip], ids=["silent", "dripping"])
def test_a_slow_site_is_left_in_time(say, monkeypatch):
    monkeypatch.setattr(link_fetching, "SECONDS", 0.4)

    with talking(say) as url:
        start = time.monotonic()
        outcome = ask(url, allowed=here)

    assert "did not answer within" in outcome.problem
    assert time.monotonic() - start < 15  # it would drip for ever


@pytest.mark.parametrize(
    "words", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 999999 X\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500]
)
def test_an_answer_that_is_none(words):
    with talking(lambda taken: taken.recv(1000) and taken.sendall(words)) as url:
        assert ask(url, allowed=here).problem


def test_a_certificate_is_checked_against_the_name(monkeypatch):
    wrapped = []

    def wrap(context, sock, *, server_hostname, do_handshake_on_connect):
        wrapped.append((server_hostname, context.check_hostname, context.verify_mode))
        sock.close()
        raise ssl.SSLCertVerificationError

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrap)
    with talking(say_nothing) as url:
        outcome = ask(url.replace("http:", "https:").replace("127.0.0.1", "localhost"), allowed=anywhere)

    assert wrapped == [("localhost", True, ssl.CERT_REQUIRED)]
    assert "certificate" in outcome.problem


def test_a_site_that_says_it_is_safe_and_is_not(site):
    assert ask(site.replace("http:", "https:"), allowed=here) == Outcome("The site does not answer.", whole_site=True)


@pytest.mark.parametrize(
    "url",
    ["", "ftp://example.org/", "javascript:alert(1)", "http://", "http://[", "http://a:b@example.org/", "//x/", "x"],
)
def test_what_is_no_web_address(url):
    assert ask(url, allowed=here).problem == "This is no web address that a browser could open."


@given(st.text(max_size=40))
def test_no_address_makes_it_fail(words):
    with pytest.MonkeyPatch.context() as monkeypatch:
        leads_to(monkeypatch, "10.0.0.1")

        assert ask(f"http://{words}").problem
