"""A line to PostgreSQL that a test can break: it refuses, says nothing, or is cut."""

import contextlib
import socket
import threading

from django.db import connection


def address_of_database() -> tuple[int, object]:
    """The family and the address of the server that the tests use."""
    params = connection.get_connection_params()
    host, port = str(params.get("host") or "127.0.0.1"), params.get("port") or 5432
    if host.startswith("/"):
        return socket.AF_UNIX, f"{host}/.s.PGSQL.{port}"
    return socket.AF_INET, (host, int(str(port)))


class Proxy:
    """Listens on 127.0.0.1:`port` and passes on what is said, both ways, until it is told otherwise."""

    def __init__(self) -> None:
        self.family, self.address = address_of_database()
        self.port = 0
        self._flows = threading.Event()
        self._ends: set[socket.socket] = set()
        self._forgotten: set[socket.socket] = set()
        self._listen()
        self.mend()

    def _listen(self) -> None:
        self._door = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._door,), daemon=True).start()

    def _accept(self, door: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the door was closed
            while True:
                near, _ = door.accept()
                far = socket.socket(self.family)
                far.connect(self.address)
                for one, other in ((near, far), (far, near)):
                    self._ends.add(one)
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while words := one.recv(65536):
                self._flows.wait()
                if one not in self._forgotten:
                    other.sendall(words)
        self._flows.wait()  # a machine that is away does not say that a line was closed, either
        for end in (one, other):
            self._ends.discard(end)
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def refuse(self) -> None:
        """Nobody is there: new connections are refused, old ones end."""
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept()
        self._door.close()
        self.cut()

    def stall(self) -> None:
        """Connections are taken, old ones stay, and nothing is said on any."""
        self._flows.clear()

    def forget(self) -> None:
        """What is said on the connections there are now is lost; new ones work."""
        self._forgotten |= self._ends

    def cut(self) -> None:
        """Every connection ends now; new ones work."""
        for end in list(self._ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        if self._door.fileno() < 0:
            self._listen()
        self._flows.set()

    def close(self) -> None:
        self._flows.set()
        self.refuse()
