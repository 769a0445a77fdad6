"""A mail server that is down, and comes back: a real one, spoken to by SMTP."""

import datetime
import re
import socket
import socketserver
import threading
from email import message_from_bytes, policy

import pytest
from django.test import Client
from django.utils import timezone

from cms.outbox.jobs import NotSent
from cms.outbox.models import Mail
from tests import make

pytestmark = pytest.mark.django_db


class Conversation(socketserver.StreamRequestHandler):
    """As much SMTP as a mail takes."""

    def handle(self):
        self.say("220 here")
        for line in self.rfile:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
                self.say("250 taken")
            elif word == b"QUIT":
                return self.say("221 bye")
            else:
                self.say("250 yes")
        return None

    def say(self, words):
        self.wfile.write(f"{words}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port):
        super().__init__(("127.0.0.1", port), Conversation)
        self.mails = []


@pytest.fixture
def port(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found = probe.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", found, False
    return found


@pytest.fixture
def start(port):
    """Starts the mail server."""
    started = []

    def run():
        server = Server(port)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        started.append(server)
        return server

    yield run
    for server in started:
        server.shutdown()
        server.server_close()


def asked_everywhere():
    """Every page that writes a mail for somebody who is not signed in; none of them talks to a mail server."""
    for path in ("/account/login/code/", "/account/password/reset/", "/account/signup/"):
        for email in ("known@example.org", f"{len(path)}@example.org"):
            yield Client().post(path, {"email": email})


def test_with_the_mail_server_down_every_page_answers_and_each_mail_comes_once_when_it_is_back(start, run_jobs):
    make.confirmed(make.user(email="known@example.org"))

    assert {response.status_code for response in asked_everywhere()} == {302}
    for _ in range(Mail.objects.count()):
        with pytest.raises(NotSent):
            run_jobs()

    waiting = Mail.objects.all()
    assert {mail.state for mail in waiting} == {"waiting"}
    assert {mail.problem for mail in waiting} == {"The mail server could not be reached (ConnectionRefusedError)."}

    server = start()
    later = timezone.now() + datetime.timedelta(minutes=5)
    run_jobs(at=later)
    run_jobs(at=later)

    assert sorted(mail["Message-ID"] for mail in server.mails) == sorted(mail.message_id for mail in waiting.all())
    assert {mail.state for mail in waiting.all()} == {"sent"}


def test_nobody_is_stuck_when_the_mail_server_was_down(start, run_jobs, client):
    client.post("/account/signup/", {"email": "new@example.org"})
    with pytest.raises(NotSent):
        run_jobs()
    server = start()
    run_jobs(at=timezone.now() + datetime.timedelta(minutes=5))
    (mail,) = server.mails
    code = re.search(r"^([A-Z0-9-]{6,12})\r?$", mail.get_body(["plain"]).get_content(), re.MULTILINE).group(1)

    client.post("/account/confirm-email/", {"code": code})

    assert "_auth_user_id" in client.session
    assert code in mail.get_body(["html"]).get_content()
    assert code not in mail["Subject"]
