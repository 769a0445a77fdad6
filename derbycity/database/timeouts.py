"""How long the portal waits for PostgreSQL: a web request a few seconds, a command as long as its work takes.

A limit is told to whoever can keep it. libpq bounds connecting; the server breaks off statements and waits for locks;
the kernel notices a machine that is gone; and PATIENCE bounds the wait for a server that says nothing at all, which
none of the others does (base.py).
"""

import os
import sys
from typing import Any

from derbycity import env

_SPARE = 1  # seconds that a server which still answers has to say that it broke a statement off


def is_web() -> bool:
    """Whether this process answers requests: gunicorn loads wsgi.py before the settings, and no command does."""
    return "derbycity.wsgi" in sys.modules


def limits(given: dict[str, Any], *, for_web: bool) -> dict[str, Any]:
    """What belongs into DATABASES beside the address, whose own OPTIONS are `given` and win.

    Raises ImproperlyConfigured where a value in the environment is no whole number.
    """
    connect = env.number("DATABASE_CONNECT_SECONDS", 2)
    statement = env.number("DATABASE_STATEMENT_SECONDS", 5)
    lock = env.number("DATABASE_LOCK_SECONDS", 3)
    idle = env.number("DATABASE_IDLE_SECONDS", 30)
    if not for_web:
        # A command may take its time, and has limits of its own (PGOPTIONS); but it notices a machine that is gone.
        return {"OPTIONS": _network(connect=10, silence=60) | given, "PATIENCE": None}
    settings = f"-c statement_timeout={statement}s -c lock_timeout={lock}s"
    settings += f" -c idle_in_transaction_session_timeout={idle}s"
    further = given.get("options") or os.environ.get("PGOPTIONS", "")  # libpq reads the second only without the first
    options = _network(connect=connect, silence=statement + _SPARE) | given
    options["options"] = f"{settings} {further}".strip()
    return {"OPTIONS": options, "PATIENCE": statement + _SPARE if statement else None}


def _network(*, connect: int, silence: int) -> dict[str, Any]:
    """For connections by TCP: seconds to connect in, and after which what was sent must have arrived."""
    return {
        "connect_timeout": connect,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": silence * 1000,
    }
