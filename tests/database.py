"""The test database of each process is a copy of one in which the migrations have run: once for all processes, and once
for all runs until something changes that they could depend on.

A copy is never older than the code. Its name is a digest of every file of our apps, of the settings that
name the apps, and of the versions of Python, of PostgreSQL and of all packages.
"""

import hashlib
import os
import sys
import time
from importlib.metadata import distributions
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.backends.base.creation import BaseDatabaseCreation

LOCK = 3_318_714  # any number that is nobody else's
NAME = "test_{name}_of_{digest}"


def digest(server: int) -> str:
    """Of all that the migrations, and what follows them, could depend on."""
    packages = sorted(f"{each.name} {each.version}" for each in distributions())
    around = sys.version, server, packages, settings.INSTALLED_APPS
    ours = [Path(app.path) for app in apps.get_app_configs() if "site-packages" not in Path(app.path).parts]
    loaded = [Path(module.__file__) for module in sys.modules.values() if getattr(module, "__file__", None)]
    gone = [os.urandom(16) for path in loaded if any(map(path.is_relative_to, ours)) and not path.exists()]
    return hashlib.sha256(repr((around, gone)).encode() + of_files(ours, began())).hexdigest()[:16]


def of_files(folders: list[Path], since: float) -> bytes:
    """Of every file. One that was written since this process began may have been another when it was imported: then the
    answer is one that nobody else gets."""
    found = hashlib.sha256()
    for path in sorted(
        path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"
    ):
        content = path.read_bytes()
        found.update(f"{path} {len(content)}\n".encode() + content)
        if path.stat().st_ctime >= since:
            found.update(os.urandom(16))
    return found.digest()


def began() -> float:
    """When this process did, by the kernel; without one that tells, no file is old enough."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    except OSError:
        return 0
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + ticks / os.sysconf("SC_CLK_TCK")


def create_test_db(creation, verbosity=1, autoclobber=False, serialize=True, keepdb=False) -> str:
    """In the place of Django's own, which runs every migration in every process."""
    connection, quoted = creation.connection, creation._quote_name
    ours = creation._get_test_db_name()
    with creation._nodb_cursor() as cursor:
        # Processes wait here for each other. The lock is the server's, and goes with the connection, however that ends.
        cursor.execute("SET lock_timeout = '5min'")
        begin = NAME.format(name=connection.settings_dict["NAME"], digest="")
        cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [LOCK, begin])
        migrated = begin + digest(cursor.connection.info.server_version)
        if not creation._database_exists(cursor, migrated):
            _migrate(creation, cursor, begin, migrated, verbosity)
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted(ours)}")
        cursor.execute(f"CREATE DATABASE {quoted(ours)} TEMPLATE {quoted(migrated)}")
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = ours
    if serialize:
        connection._test_serialized_contents = creation.serialize_db_to_string()
    connection.ensure_connection()
    return ours


def _migrate(creation, cursor, begin: str, migrated: str, verbosity: int) -> None:
    """Under another name until it is done: what was cut short is never copied. What older code made goes away."""
    connection, quoted, unfinished = creation.connection, creation._quote_name, f"{migrated}_unfinished"
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [begin])
    for (older,) in cursor.fetchall():
        cursor.execute(f"DROP DATABASE {quoted(older)}")
    test, before = connection.settings_dict["TEST"], connection.settings_dict["NAME"]
    name, test["NAME"] = test["NAME"], unfinished
    try:
        BaseDatabaseCreation.create_test_db(creation, verbosity, autoclobber=True, serialize=False)
    finally:
        connection.close()
        settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = before
        test["NAME"] = name
    cursor.execute(f"ALTER DATABASE {quoted(unfinished)} RENAME TO {quoted(migrated)}")
