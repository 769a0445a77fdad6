"""Where one embedded server lives, which account runs it, and what its files say about it.

Only the standard library here: the watcher imports this as root and then gives its rights up.

    <home>/start.lock     held while a server is started or stopped
    <home>/users.lock     shared by every process that uses the server, for as long as it lives
    <home>/watcher.lock   held by the watcher, and so by nobody when there is no server
    <home>/data/          PostgreSQL's own folder
    <home>/socket/        where it listens, unless the path is too long for a socket
    <home>/server.log     what it last said; server.log.old is the time before
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PORT = 5432
SUPERUSER = "postgres"
SOCKET_PATH_LIMIT = 107  # bytes, set by the kernel

# Where things go that must be short, or reachable for an account that cannot enter the checkout.
SHORT_FOLDER = Path("/tmp")  # noqa: S108 - the folder inside is ours alone and is refused if it is not
SHARED_FOLDER = Path("/var/tmp")  # noqa: S108 - the same


class ServerError(Exception):
    """The embedded server cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Postmaster:
    """The running server, as its pid file describes it."""

    pid: int
    socket_dir: str
    status: str

    @property
    def is_ready(self) -> bool:
        return self.status == "ready"


@dataclass(frozen=True)
class Place:
    home: Path
    uid: int
    gid: int

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def socket_dir(self) -> Path:
        """Inside home when the kernel and libpq can take the path (libpq splits hosts at commas)."""
        inside = self.home / "socket"
        length = len(os.fsencode(inside / f".s.PGSQL.{PORT}"))
        if length <= SOCKET_PATH_LIMIT and not set(str(inside)) & set(',"\\'):
            return inside
        return SHORT_FOLDER / f"derbycity-{fingerprint(self.home)}"

    def prepare(self) -> None:
        """Make home, for its account alone. A folder with anything else in it is left as it is."""
        self.home.parent.mkdir(parents=True, exist_ok=True)
        self.home.mkdir(mode=0o700, exist_ok=True)
        entries = {entry.name for entry in self.home.iterdir()} if os.access(self.home, os.R_OK) else set()
        if entries and "start.lock" not in entries:
            raise ServerError(f"{self.home} holds files that are not ours. Set DATA_DIR to a folder of its own.")
        if os.geteuid() == 0 and self.home.stat().st_uid == 0:
            os.chown(self.home, self.uid, self.gid)
        require_private(self.home, self.uid)

    def running(self) -> Postmaster | None:
        """The server in our data folder. A pid file alone proves nothing: its pid may be somebody else's."""
        try:
            lines = (self.data / "postmaster.pid").read_text(errors="surrogateescape").splitlines()
            found = Postmaster(int(lines[0]), lines[4], lines[7].strip())
        except (FileNotFoundError, IndexError, ValueError):
            return None
        return found if _is_postgres(found.pid, self.data) else None

    @contextlib.contextmanager
    def open_lock(self, name: str) -> Iterator[int]:
        fd = self.lock_file(name)
        try:
            yield fd
        finally:
            # Unlocked by hand: a child forked meanwhile shares the lock and would keep it after our close.
            fcntl.flock(fd, fcntl.LOCK_UN)
            os.close(fd)

    def lock_file(self, name: str) -> int:
        """Open a lock. Python closes it in programs we run, so that they do not count as users."""
        fd = os.open(self.home / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        if os.geteuid() == 0 and os.fstat(fd).st_uid == 0:
            os.fchown(fd, self.uid, self.gid)
        return fd

    def is_current(self, name: str, fd: int) -> bool:
        """Is this still the lock others see? Not after somebody deleted the folder."""
        try:
            return os.path.samestat(os.fstat(fd), (self.home / name).stat())
        except OSError:
            return False


def choose(data_dir: Path) -> Place:
    """DATA_DIR itself, unless we are root: PostgreSQL refuses root, so another account must reach it."""
    home = data_dir.expanduser().resolve()
    if os.geteuid() != 0:
        return Place(home, os.geteuid(), os.getegid())
    home.parent.mkdir(parents=True, exist_ok=True)
    account = _account_for(home)
    if not can_run(["test", "-x", str(home.parent)], account.pw_uid, account.pw_gid):
        home = SHARED_FOLDER / f"derbycity-{fingerprint(home)}"
    return Place(home, account.pw_uid, account.pw_gid)


def _account_for(home: Path) -> pwd.struct_passwd:
    """Whoever owns the checkout, so that root and its owner share one server; else nobody."""
    for folder in (home, home.parent):
        with contextlib.suppress(KeyError, FileNotFoundError):
            if owner := folder.stat().st_uid:
                return pwd.getpwuid(owner)
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("nobody")
    raise ServerError(
        "PostgreSQL refuses to run as root and there is no account 'nobody' to run it as. "
        "Work as an ordinary user, or set DATABASE_URL to a PostgreSQL server."
    )


def can_run(command: list[str], uid: int, gid: int) -> bool:
    """Ask the kernel by trying: permission bits alone leave out access lists and mount options."""
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            command, user=uid, group=gid, extra_groups=[], cwd="/", check=False, capture_output=True
        )
    except OSError:
        return False
    return done.returncode == 0


def require_private(folder: Path, uid: int) -> None:
    """Refuse a folder that another account made or can enter, or one behind a link."""
    info = folder.lstat()
    if not stat.S_ISDIR(info.st_mode):
        raise ServerError(f"{folder} must be a folder. Remove it and try again.")
    if info.st_uid != uid:
        raise ServerError(
            f"{folder} belongs to {account_name(info.st_uid)}, but the embedded PostgreSQL would run as "
            f"{account_name(uid)}. Work as {account_name(info.st_uid)}, or remove that folder."
        )
    if info.st_mode & 0o077:
        folder.chmod(0o700)


def account_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def fingerprint(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def try_lock(fd: int, kind: int) -> bool:
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_postgres(pid: int, data: Path) -> bool:
    """Is this process alive and serving this folder? A dead one nobody waited for (a zombie) is not."""
    process = Path("/proc") / str(pid)
    try:
        state = (process / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
        arguments = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    if state in "ZX":
        return False
    if os.fsencode(data) in arguments:
        return True
    try:  # started by hand, with the folder spelt another way
        return (process / "cwd").readlink() == data
    except OSError:
        return False
