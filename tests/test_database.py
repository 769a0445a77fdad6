"""A copy of a migrated database is never older than the code it was made by."""

import subprocess
import sys
import time

import pytest

from tests import database


@pytest.fixture
def app(tmp_path):
    """The folder of an app that nobody has touched since this process began."""
    (tmp_path / "migrations").mkdir()
    (tmp_path / "models.py").write_text("A = 1")
    (tmp_path / "migrations" / "0001_initial.py").write_text("B = 1")
    return tmp_path


def later():
    return time.time() + 60


def test_the_same_files_have_the_same_digest(app):
    assert database.of_files([app], since=later()) == database.of_files([app], since=later())


@pytest.mark.parametrize("name", ["models.py", "migrations/0001_initial.py", "migrations/0002_more.py", "names.yaml"])
def test_a_change_of_any_file_is_another_digest(app, name):
    before = database.of_files([app], since=later())

    (app / name).write_text("C = 1")

    assert database.of_files([app], since=later()) != before


def test_a_file_that_goes_away_is_another_digest(app):
    before = database.of_files([app], since=later())

    (app / "migrations" / "0001_initial.py").unlink()

    assert database.of_files([app], since=later()) != before


def test_what_was_written_since_this_process_began_is_shared_with_nobody(app):
    since = database.began()

    assert database.of_files([app], since) != database.of_files([app], since)


def test_this_process_began_after_its_parent_wrote_and_before_now(tmp_path):
    (tmp_path / "before").touch()
    asked = [sys.executable, "-c", "from tests import database; print(database.began())"]

    told = float(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)

    assert (tmp_path / "before").stat().st_ctime - 0.1 < told < time.time()
