"""The real scripts of deploy/ with PostgreSQL's own programs: saved and encrypted, put back, compared, proved."""

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.db import connection

from derbycity.devtools.postgres import programs

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
KEY = "a long line of words to encrypt with"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not shutil.which("gpg"), reason="gpg is not installed, and the copies are encrypted with it"),
]


@pytest.fixture
def portal(tmp_path):
    """A database with the portal's tables, one for the proof, an account that owns both and nothing else, a picture."""
    at = connection.get_connection_params()
    name = f"backup_{secrets.token_hex(4)}"
    here = {"host": at["host"], "port": at["port"]}
    with psycopg.connect(dbname="postgres", user=at["user"], autocommit=True, **here) as server:
        server.execute(f"CREATE ROLE {name} LOGIN")
        for database in (name, f"{name}_proof"):
            server.execute(f"CREATE DATABASE {database} OWNER {name}")
    media, copies = tmp_path / "media", tmp_path / "copies"
    (media / "a").mkdir(parents=True)
    copies.mkdir()
    (media / "a" / "tram.jpg").write_bytes(b"a picture of a tram")
    address = f"postgresql://{name}@{at['host'].replace('/', '%2F')}:{at['port']}"
    manage = f"{sys.executable} {ROOT / 'manage.py'}"
    # DEBUG: no static files are collected here
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {
        "PATH": f"{programs.find()}:{os.environ['PATH']}",
        "PGHOST": at["host"], "PGPORT": str(at["port"]), "PGUSER": name, "PGDATABASE": name,
        "MEDIA_ROOT": str(media), "BACKUP_DIR": str(copies), "BACKUP_KEY": KEY, "RESTORE": "yes",
        "ERASURES_FILE": str(tmp_path / "erasures"), "SITE_URL": "http://testserver", "DEBUG": "1",
        "DATABASE_URL": f"{address}/{name}", "PROOF_DATABASE_URL": f"{address}/{name}_proof",
    }  # fmt: skip

    def run(*command, **more):
        done = subprocess.run(command, env=environment | more, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def ask(sql, user=name):
        with psycopg.connect(dbname=name, user=user, autocommit=True, **here) as asked:
            return asked.execute(sql).fetchall()

    tables = programs.find() / "pg_dump"
    source = ["-h", at["host"], "-p", str(at["port"]), "-U", at["user"], connection.settings_dict["NAME"]]
    dumped = subprocess.run([tables, "--no-owner", "--no-privileges", "--no-comments", *source], stdout=subprocess.PIPE)
    subprocess.run(["psql", "-Xq"], input=dumped.stdout, env=environment, stdout=subprocess.DEVNULL, check=True)
    yield SimpleNamespace(run=run, ask=ask, media=media, copies=copies, name=name, manage=manage, here=here, at=at)
    with psycopg.connect(dbname="postgres", user=at["user"], autocommit=True, **here) as server:
        for database in (name, f"{name}_proof"):
            server.execute(f"DROP DATABASE {database} WITH (FORCE)")
        server.execute(f"DROP ROLE {name}")


def only_copy(portal):
    [copy] = portal.copies.iterdir()
    return copy


def test_a_copy_is_encrypted_put_back_compared_and_proved(portal):
    status, said = portal.run("bash", str(DEPLOY / "backup"))
    assert (status, said.split(":")[0]) == (0, "Saved and checked"), said
    copy = only_copy(portal)
    assert {"database.dump.gpg", "media.tar.gpg", "files.txt.gpg", "rows.txt"} < {file.name for file in copy.iterdir()}
    assert not any(b"tram" in file.read_bytes() for file in copy.iterdir())

    portal.ask("INSERT INTO auth_group (name) VALUES ('after the copy') RETURNING id")
    (portal.media / "a" / "tram.jpg").unlink()
    (portal.media / "later.jpg").write_bytes(b"later")
    status, said = portal.run("bash", str(DEPLOY / "restore"), str(copy), MANAGE=portal.manage)

    assert status == 0, said
    assert "rows, 1 files." in said
    assert "nothing erased is there" in said
    assert portal.ask("SELECT count(*) FROM auth_group WHERE name = 'after the copy'") == [(0,)]
    assert [file.name for file in portal.media.rglob("*.jpg")] == ["tram.jpg"]

    status, said = portal.run("bash", str(DEPLOY / "prove-backup"), MANAGE=portal.manage)

    assert status == 0, said
    assert portal.ask("SELECT files FROM cms_backupproof") == [(1,)]
    assert portal.ask("SELECT rows > 100 FROM cms_backupproof") == [(True,)]


def test_a_copy_is_not_put_back_where_it_must_not_be(portal):
    portal.run("bash", str(DEPLOY / "backup"))
    copy, restore = str(only_copy(portal)), ("bash", str(DEPLOY / "restore"))
    before = portal.ask("SELECT count(*) FROM django_migrations")

    with psycopg.connect(dbname=portal.name, user=portal.at["user"], **portal.here):  # somebody else's connection
        in_use = portal.run(*restore, copy)
    wrong_key = portal.run(*restore, copy, BACKUP_KEY="another long line of words")
    superuser = portal.run(*restore, copy, PGUSER=portal.at["user"])
    (only_copy(portal) / "rows.txt").write_text("django_migrations 1\n")
    changed = portal.run(*restore, copy)

    assert "in use (1 connections)" in in_use[1]
    assert "is BACKUP_KEY right?" in wrong_key[1]
    assert "is a superuser" in superuser[1]
    assert "rows.txt" in changed[1]
    assert 0 not in (in_use[0], wrong_key[0], superuser[0], changed[0])
    assert portal.ask("SELECT count(*) FROM django_migrations") == before
    assert (portal.media / "a" / "tram.jpg").exists()


@pytest.mark.parametrize(("key", "words"), [("", "BACKUP_KEY"), ("too short", "at least 20 letters")])
def test_without_a_key_nothing_is_saved(key, words, tmp_path):
    environment = os.environ | {
        "BACKUP_KEY": key, "BACKUP_DIR": str(tmp_path), "MEDIA_ROOT": str(tmp_path), "PGDATABASE": "none",
    }  # fmt: skip
    done = subprocess.run(["bash", DEPLOY / "backup"], env=environment, capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert words in done.stderr
    assert list(tmp_path.iterdir()) == []
