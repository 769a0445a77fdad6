"""Django's PostgreSQL backend on the embedded server: for development, tests and demonstrations only."""

import contextlib
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from django.db.backends.postgresql import client
from django.db.utils import OperationalError
from psycopg import errors, sql

from derbycity.database import base
from derbycity.devtools.postgres import programs, server
from derbycity.devtools.postgres.place import PORT, SUPERUSER, Postmaster, ServerError


class DatabaseClient(client.DatabaseClient):
    """`manage.py dbshell`, with the psql that came with the server."""

    def runshell(self, parameters: Iterable[str]) -> None:
        given = self.connection.get_connection_params()
        address = {"HOST": given["host"], "PORT": given["port"], "USER": given["user"]}
        arguments, _ = self.settings_to_cmd_args_env({**self.connection.settings_dict, **address}, parameters)
        psql = programs.find() / "psql"
        if psql.exists():
            arguments[0] = str(psql)
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C cancels a query, not the shell
        try:
            subprocess.run(arguments, check=True)  # noqa: S603 - psql, for whoever runs manage.py
        finally:
            signal.signal(signal.SIGINT, before)


class DatabaseWrapper(base.DatabaseWrapper):
    """The portal's backend; only the address differs, and asking for it starts or joins the server.

    Reads two settings: NAME, created if missing, and DATA_DIR, a folder of the server's own.
    """

    client_class = DatabaseClient
    _existing: ClassVar[set[tuple[int, str]]] = set()

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        if not self.settings_dict.get("DATA_DIR"):
            raise ImproperlyConfigured("Set DATA_DIR beside NAME in DATABASES: the embedded server's folder.")
        try:
            found = server.join(Path(self.settings_dict["DATA_DIR"]))
        except ServerError as error:
            raise OperationalError(str(error)) from error
        params |= {"host": found.socket_dir, "port": PORT, "user": SUPERUSER}
        self._make_database(found, params)
        return params

    def _make_database(self, found: Postmaster, params: dict[str, Any]) -> None:
        """Once per process and server. Test databases are left to Django's test runner."""
        name = params.get("dbname", SUPERUSER)
        known = (found.pid, name)
        if known in self._existing or name == SUPERUSER or name.startswith(TEST_DATABASE_PREFIX):
            return
        address = {key: params[key] for key in ("host", "port", "user", "connect_timeout") if key in params}
        with (
            self.wrap_database_errors,
            self.Database.connect(dbname="postgres", autocommit=True, **address) as other,
        ):
            if not other.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                # Another process may be quicker; then the database is there, which is all we want.
                with contextlib.suppress(errors.DuplicateDatabase, errors.UniqueViolation):
                    other.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        self._existing.add(known)
