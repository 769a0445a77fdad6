"""What the settings refuse. They are run anew for each case, from values of the case's own: no `.env` comes near."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from derbycity import env

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SITE_URL": "https://portal.example",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "DATABASE_URL": "postgresql://portal:word@db.example/portal",
    "ENCRYPTION_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
}
LOCAL = {"DERBYCITY_ENV": "local", "SECRET_KEY": "short"}


@pytest.fixture
def settings_from(monkeypatch):
    def run(values: dict[str, str]) -> dict[str, Any]:
        monkeypatch.setattr(env, "_VALUES", values)
        return runpy.run_path(str(ROOT / "derbycity" / "settings.py"))

    return run


def test_a_machine_that_says_nothing_is_in_production(settings_from):
    got = settings_from(PRODUCTION)

    assert got["LOCAL"] is False
    assert got["DEBUG"] is False
    assert got["ALLOWED_HOSTS"] == ["portal.example"]
    assert got["SECURE_SSL_REDIRECT"] is True
    assert got["SESSION_COOKIE_SECURE"] is True
    assert got["CSRF_COOKIE_SECURE"] is True
    assert got["SECURE_HSTS_SECONDS"] > 0
    assert "SECURE_PROXY_SSL_HEADER" not in got  # gunicorn decides whom to believe; see deploy/gunicorn.py


@pytest.mark.parametrize("value", ["absent", "empty"])
@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_production_does_not_start_without(name, value, settings_from):
    values = {key: text for key, text in PRODUCTION.items() if key != name}
    if value == "empty":
        values[name] = ""

    with pytest.raises(ImproperlyConfigured, match=name):
        settings_from(values)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DERBYCITY_ENV", "prod"),
        ("SITE_URL", "http://portal.example"),
        ("SITE_URL", "portal.example"),
        ("SITE_URL", "https://portal.example/path"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "sqlite:///file"),
        ("SECRET_KEY", "too short"),
        ("EMAIL_PORT", "smtp"),
        ("EMAIL_SECURITY", "yes"),
        ("EMAIL_FROM", "the council"),
        ("FORWARDED_ALLOW_IPS", "*"),
        ("FORWARDED_ALLOW_IPS", "10.0.0.2, proxy.example"),
        ("FORWARDED_ALLOW_IPS", "10.0.0.300/8"),
    ],
)
def test_production_names_what_is_malformed(name, value, settings_from):
    with pytest.raises(ImproperlyConfigured, match=name):
        settings_from(PRODUCTION | {name: value})


def test_debug_is_out_of_reach_in_production(settings_from):
    assert settings_from(PRODUCTION | {"DEBUG": "1"})["DEBUG"] is False


def test_debug_must_be_0_or_1(settings_from):
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        settings_from(LOCAL | {"DEBUG": "yes"})


def test_a_developer_needs_only_a_key(settings_from):
    got = settings_from(LOCAL)

    assert got["DATABASES"]["default"]["ENGINE"] == "derbycity.devtools.postgres"
    assert got["SESSION_COOKIE_SECURE"] is False


def test_production_never_starts_the_embedded_server(settings_from):
    assert settings_from(PRODUCTION)["DATABASES"]["default"]["ENGINE"] == "derbycity.database"


def test_nothing_in_a_secret_is_expanded(settings_from, tmp_path):
    key = "a$HOME'\"#=\\x{y}" * 5
    (tmp_path / ".env").write_text(f"# a remark\n\nSECRET_KEY={key}\n")

    values = PRODUCTION | env._from_file(tmp_path / ".env")

    assert settings_from(values)["SECRET_KEY"] == key


@pytest.mark.parametrize(
    ("security", "starttls", "tls"), [("", True, False), ("tls", False, True), ("none", False, False)]
)
def test_mails_go_to_the_server_in_the_way_it_wants(security, starttls, tls, settings_from):
    got = settings_from(PRODUCTION | {"EMAIL_HOST": "mail.example", "EMAIL_SECURITY": security})

    assert got["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    assert (got["EMAIL_HOST"], got["EMAIL_PORT"]) == ("mail.example", 587)
    assert (got["EMAIL_USE_TLS"], got["EMAIL_USE_SSL"]) == (starttls, tls)
    assert got["DEFAULT_FROM_EMAIL"] == '"Derby, a learning city" <no-reply@portal.example>'


def test_no_mail_leaves_a_developers_machine(settings_from):
    got = settings_from(LOCAL | {"EMAIL_HOST": "mail.example"})

    assert got["EMAIL_BACKEND"].endswith("filebased.EmailBackend")
    assert got["EMAIL_FILE_PATH"] == ROOT / ".mail"


def test_number_and_words_name_what_is_malformed(monkeypatch):
    monkeypatch.setattr(env, "_VALUES", {"COUNT": "many", "LIST": " a, b,, "})

    with pytest.raises(ImproperlyConfigured, match="COUNT"):
        env.number("COUNT", 1)
    assert env.words("LIST") == ["a", "b"]


# The two cases below start a real process, which does read a developer's `.env`: what it might set is given as empty,
# because the environment wins and an empty value counts as missing.
def manage(*arguments: str, **values: str) -> subprocess.CompletedProcess[str]:
    emptied = dict.fromkeys(env._from_file(ROOT / ".env"), "")
    environment = {"PATH": os.environ["PATH"], **emptied, "DERBYCITY_ENV": "production", **PRODUCTION, **values}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


def test_a_command_stops_and_says_why():
    done = manage("check", SECRET_KEY="")

    assert done.returncode != 0
    assert "SECRET_KEY is not set" in done.stderr


def test_djangos_own_production_checks_find_nothing():
    done = manage("check", "--deploy", "--fail-level", "INFO")

    assert done.returncode == 0, done.stderr


def test_a_provider_takes_the_mails_with_its_own_settings(settings_from):
    got = settings_from(PRODUCTION | {"EMAIL_PROVIDER": "postmark", "ANYMAIL_POSTMARK_SERVER_TOKEN": "abc"})

    assert got["EMAIL_BACKEND"] == "anymail.backends.postmark.EmailBackend"
    assert got["ANYMAIL"] == {"POSTMARK_SERVER_TOKEN": "abc", "REQUESTS_TIMEOUT": 10}
    assert "anymail" in got["INSTALLED_APPS"]


def test_a_provider_nobody_knows_is_refused(settings_from):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_PROVIDER is 'pigeon'"):
        settings_from(PRODUCTION | {"EMAIL_PROVIDER": "pigeon"})


def test_without_a_provider_mails_go_by_smtp(settings_from):
    got = settings_from(PRODUCTION)

    assert got["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert "anymail" not in got["INSTALLED_APPS"]
