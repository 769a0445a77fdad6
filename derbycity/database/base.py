"""Django's PostgreSQL backend with a bound on every wait.

The server itself breaks off what takes too long (`statement_timeout`), but not while it is silent: stopped, out of
memory, or behind a network that swallows what it says. Then only the client can end the wait. psycopg's connections
take a time-out for each; ours hand in PATIENCE, a setting beside NAME in DATABASES (seconds; None waits for ever),
close a connection that was silent for so long, and open the circuit.
"""

import time
from collections.abc import Callable
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg import errors

from derbycity.database.circuit import Circuit

circuit = Circuit()  # of this process
_SLOW = 1  # seconds that a refused connection took: longer means that nobody answered

Seconds = float


class Connection(psycopg.Connection):
    """A connection that waits no longer than `patience` for the answer to one question."""

    patience: Seconds | None = None
    when_silent: Callable[[], None] | None = None

    def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
        """Raises psycopg's OperationalError when the answer does not come, and while the circuit is open."""
        if self.patience is None:
            return super().wait(gen, *args, **kwargs)
        circuit.check()
        try:
            return super().wait(gen, *args, **{"timeout": self.patience, **kwargs})
        except errors._WaitTimeout:
            self.pgconn.finish()  # in an unknown state; the server will find its end of the line closed
            if self.when_silent:
                self.when_silent()
            raise psycopg.OperationalError(f"The database said nothing for {self.patience:g} seconds.") from None


class Driver:
    """psycopg as Django asks for it, but with these connections."""

    connect = staticmethod(Connection.connect)

    def __getattr__(self, name: str) -> Any:
        return getattr(psycopg, name)


class DatabaseWrapper(base.DatabaseWrapper):
    """The stock backend; reads one more setting, PATIENCE."""

    Database: Any = Driver()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        patience = self.settings_dict.get("PATIENCE")
        if patience is None:
            return super().get_new_connection(conn_params)
        circuit.check()
        began = time.monotonic()
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            if time.monotonic() - began > _SLOW:
                self._open_circuit()
            raise
        connection.patience, connection.when_silent = patience, self._open_circuit
        return connection

    def is_usable(self) -> bool:
        """Asked at the start of each request, of a server that has nothing to do but say 1: it gets as long as one that
        we connect to."""
        connection = self.connection
        if connection is None or connection.patience is None:
            return super().is_usable()
        connection.patience = self._connect_timeout
        try:
            return super().is_usable()
        finally:
            connection.patience = self.settings_dict["PATIENCE"]

    @property
    def _connect_timeout(self) -> Seconds:
        return float(self.settings_dict["OPTIONS"]["connect_timeout"])  # text where it stood in DATABASE_URL

    def _open_circuit(self) -> None:
        circuit.open(self._try)

    def _try(self) -> None:
        """Raises OperationalError while it is silent. One that refuses at once (too many connections, nobody there) is
        not: those who hold a connection may go on."""
        params, began = self.get_connection_params(), time.monotonic()
        try:
            with Connection.connect(**params) as connection:
                connection.patience = self._connect_timeout
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            if time.monotonic() - began > _SLOW:
                raise
