"""What can be said of the image and of deploy/ without Docker. Building and running them is in docs/operators.md."""

import datetime
import os
import re
import subprocess
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from django.apps import apps
from django.urls import reverse
from gunicorn.config import Config

from derbycity.management.commands.worker import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text()
NGINX = (DEPLOY / "proxy" / "nginx.conf").read_text()
COMPOSE_TEXT = (DEPLOY / "compose.yaml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
SERVICES = COMPOSE["services"]
STAGES = re.split(r"^(?=FROM )", DOCKERFILE, flags=re.MULTILINE)


def test_the_image_has_a_python_the_project_allows():
    base = re.search(r"^ARG PYTHON_IMAGE=python:(\d+)\.(\d+)-slim-bookworm$", DOCKERFILE, re.MULTILINE)
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]

    assert base
    lowest = re.fullmatch(r">=(\d+)\.(\d+)", wanted)
    assert tuple(map(int, base.groups())) >= tuple(map(int, lowest.groups()))


def test_the_image_installs_locked_wheels_only():
    assert "--require-hashes --only-binary :all:" in DOCKERFILE
    assert "ARG REQUIREMENTS=production\nCOPY requirements/${REQUIREMENTS}.txt" in DOCKERFILE


def test_the_image_runs_as_a_plain_user_by_number():
    last = STAGES[-1]
    user = re.findall(r"^USER (.+)$", last, re.MULTILINE)

    assert user == ["10001:10001"]
    assert last.index("USER ") < last.index("CMD [")
    assert "pip install" not in last


def test_no_secret_is_kept_in_the_image():
    kept = re.findall(r"^(?:ENV|ARG) [^\n]*(?:\\\n[^\n]*)*", DOCKERFILE, re.MULTILINE)

    assert not [line for line in kept if re.search("SECRET|PASSWORD|DATABASE_URL", line)]


def test_the_image_gets_all_our_code_and_nothing_else():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    named = {line[1:] for line in lines if line.startswith("!")}
    ours = {Path(app.path).name for app in apps.get_app_configs() if Path(app.path).parent == ROOT}

    assert "*" in lines
    assert ours | {"content", "static", "templates", "manage.py", "requirements/production.txt"} <= named
    assert "deploy" not in named  # deploy/.env holds the passwords


def test_what_the_image_starts_is_in_it():
    named = (ROOT / ".dockerignore").read_text()

    for path in set(re.findall(r"deploy/\w+\.py", STAGES[-1])):
        assert (ROOT / path).is_file()
        assert f"!{path}\n" in named


def test_only_the_proxy_can_be_reached():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert COMPOSE["networks"]["front"]["internal"] is True


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_hardened(name):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["restart"] in ("unless-stopped", "no")
    assert not service.get("privileged")
    assert re.search(r":v?\d|^derbycity:", service["image"]), "an image without a version"


def test_every_setting_of_compose_is_explained():
    lines = (DEPLOY / "example.env").read_text().splitlines()
    explained = {line.partition("=")[0] for line in lines if re.match(r"[A-Z_]+=", line)}
    code = "\n".join(line.partition(" #")[0] for line in COMPOSE_TEXT.splitlines())
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", code))

    assert used == explained


def test_the_example_holds_no_secret():
    lines = (DEPLOY / "example.env").read_text().splitlines()

    for name in ("SECRET_KEY", "ENCRYPTION_KEYS", "DATABASE_PASSWORD", "POSTGRES_PASSWORD"):
        assert f"{name}=" in lines


def test_the_web_server_believes_the_proxy_alone():
    address = SERVICES["proxy"]["networks"]["front"]["ipv4_address"]

    assert SERVICES["web"]["environment"]["FORWARDED_ALLOW_IPS"] == address


def test_the_tables_are_made_before_the_web_server_starts():
    assert SERVICES["release"]["command"][:3] == ["python", "manage.py", "migrate"]
    assert "lock_timeout" in SERVICES["release"]["environment"]["PGOPTIONS"]
    for name in ("web", "worker"):
        assert SERVICES[name]["depends_on"]["release"]["condition"] == "service_completed_successfully"


def test_what_was_erased_is_erased_again_before_anybody_reads():
    service = SERVICES["erasures"]

    assert service["command"] == ["python", "manage.py", "erase_again"]
    assert service["depends_on"]["release"]["condition"] == "service_completed_successfully"
    for name in ("web", "worker"):
        assert SERVICES[name]["depends_on"]["erasures"]["condition"] == "service_completed_successfully"
    assert "erase_again" in (DEPLOY / "restore").read_text()


def test_the_list_of_erasures_is_kept_apart_and_in_no_backup():
    place = re.search(r"ERASURES_FILE=(\S+)/list", DOCKERFILE).group(1)

    for name in ("web", "worker", "release", "erasures"):
        assert f"erasures:{place}" in SERVICES[name]["volumes"]
    assert not [volume for volume in SERVICES["backup"]["volumes"] if volume.startswith("erasures")]
    assert f" {place}\n" in DOCKERFILE  # made, and the portal's own


def test_the_worker_is_the_one_that_is_tested_and_says_whether_it_is_well():
    worker = SERVICES["worker"]

    assert worker["command"] == ["python", "manage.py", "worker"]
    assert worker["healthcheck"]["test"][1:] == [*worker["command"], "--check"]
    assert worker["restart"] == "unless-stopped"
    assert int(worker["stop_grace_period"].rstrip("s")) > PATIENCE


def test_the_worker_reaches_the_mail_server_and_the_web_server_nothing():
    reachable = {name for name, network in COMPOSE["networks"].items() if not (network or {}).get("internal")}

    assert reachable & set(SERVICES["worker"]["networks"])
    assert not reachable & set(SERVICES["web"]["networks"])


def test_the_volume_of_postgresql_is_where_version_18_looks():
    assert SERVICES["database"]["image"].startswith("postgres:18")
    assert "database:/var/lib/postgresql" in SERVICES["database"]["volumes"]


@pytest.mark.parametrize(
    "header",
    ["Host", "X-Forwarded-Proto", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Ssl", "X-Forwarded-Protocol"],
)
def test_the_proxy_overwrites(header):
    value = re.search(rf"proxy_set_header {header} (.+);", NGINX).group(1)

    assert "$http_" not in value
    assert "$proxy_add" not in value


def test_the_proxy_takes_as_much_as_the_portal_does(settings):
    megabytes = re.search(r"client_max_body_size (\d+)m;", NGINX).group(1)

    largest_picture = 25  # of cms/media/cleaning.py
    assert int(megabytes) * 1024 * 1024 > settings.DATA_UPLOAD_MAX_MEMORY_SIZE + largest_picture * 1024 * 1024


# Whatever takes a password or a code, or makes the portal write to somebody.
GUESSABLE = (
    "account_login", "account_request_login_code", "account_confirm_login_code", "account_signup",
    "account_email_verification_sent", "account_reset_password", "account_confirm_password_reset_code",
    "account_reauthenticate", "accounts:confirm", "mfa_authenticate", "mfa_reauthenticate", "join:ask",
    "suggest:suggest", "city:contact",
)  # fmt: skip


def test_the_proxy_counts_tries_where_there_is_something_to_guess():
    counted = re.findall(r'"POST (\S+)" \$binary_remote_addr;', NGINX)

    assert sorted(counted) == sorted(reverse(name) for name in GUESSABLE)


def test_only_the_pages_for_several_pictures_take_more():
    larger = re.findall(r"location (=|~) (\S+) {\s+client_max_body_size 200m;", NGINX)

    assert larger[0] == ("=", reverse("admin:cms_image_upload"))
    for address in (reverse("submit:pictures"), reverse("my_stories:change_pictures", args=["abc"])):
        assert re.match(larger[1][1], address)
    assert len(larger) == 2
    assert NGINX.count("client_max_body_size") == 4  # everywhere, there, and the page that says “too large”


def test_the_logs_name_nobody():
    formats = re.search(r"log_format plain '(.+)';", NGINX).group(1)

    assert not re.search(r"\$(remote|request_uri|request |args|http_|query)", formats)
    assert "error_log stderr alert;" in NGINX


@pytest.mark.parametrize(("status", "result"), [(200, 0), (503, 1)])
def test_the_health_check_asks_by_the_sites_name(status, result):
    asked = []

    class Portal(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["Host"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    with HTTPServer(("127.0.0.1", 0), Portal) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        environment = {"SITE_URL": "https://portal.example", "PORT": str(server.server_port)}
        done = subprocess.run([sys.executable, DEPLOY / "health.py"], env=environment, timeout=20)
        thread.join()

    assert done.returncode == result
    assert asked == [("/health/live", "portal.example")]


@pytest.mark.parametrize(
    "path", ["deploy/backup", "deploy/restore", "deploy/prove-backup", "deploy/proxy/start", ".ci/run"]
)
def test_the_scripts_can_be_run(path):
    file = ROOT / path
    shell = "bash" if "bash" in file.read_text().splitlines()[0] else "sh"

    assert os.access(file, os.X_OK)
    assert subprocess.run([shell, "-n", file], timeout=20).returncode == 0


def test_a_path_cannot_forge_a_line_of_the_access_log():
    config = {}
    exec((DEPLOY / "gunicorn.py").read_text(), config)  # noqa: S102 - ours
    logger = config["AccessLogger"](Config())
    environ = {"PATH_INFO": '/zz\n[30/Nov/2026] "POST /admin/ 200\x1b\x00 é'.encode().decode("latin-1")}
    response = SimpleNamespace(status="404 Not Found", sent=1, headers=[])
    request = SimpleNamespace(headers=[])

    path = logger.atoms(
        response,
        request,
        environ | {"REQUEST_METHOD": "GET", "RAW_URI": "/zz", "SERVER_PROTOCOL": "HTTP/1.1"},
        datetime.timedelta(),
    )["U"]

    assert path == "/zz%0A%5B30/Nov/2026%5D%20%22POST%20/admin/%20200%1B%00%20%C3%A9"
