"""Finds a Chromium for the browser tests, or brings one: Debian's as root, else Playwright's own.

Best is the one that Debian builds to run without a window: the same engine of the same release, at two thirds of the
work. Run as a script before the tests. It fails, and so does `make test`, if there is none in the end.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

WINDOWLESS = "chromium-headless-shell"
NAMES = (WINDOWLESS, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

QUIETLY = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}


def find() -> str | None:
    """The path of a Chromium on this machine, or None."""
    if named := os.environ.get("CHROMIUM"):
        return named if Path(named).exists() else None
    return next(filter(None, map(shutil.which, NAMES)), None) or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def arguments() -> list[str]:
    return [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else ARGUMENTS


def bring() -> None:
    if _may_install():
        print("Bringing Chromium from Debian's packages (about a minute)", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=True, env=QUIETLY)
        if not _installed(WINDOWLESS):
            _installed("chromium", check=True)
    else:
        print("Bringing Playwright's Chromium (about a minute)", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def better() -> None:
    """Beside another Debian one, from what its lists of packages know already; without it all goes on, only slower."""
    if not os.environ.get("CHROMIUM") and not shutil.which(WINDOWLESS) and _may_install():
        _installed(WINDOWLESS)


def _may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _installed(package: str, check: bool = False) -> bool:
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package, "fonts-noto-core"]
    quiet = subprocess.DEVNULL
    done = subprocess.run(command, check=check, env=QUIETLY, stdout=quiet, stderr=quiet)
    return done.returncode == 0


if __name__ == "__main__":
    if not find():
        bring()
    better()
    path = find()
    if not path:
        sys.exit("There is no Chromium, so the browser tests cannot run. Install one, or set CHROMIUM to its path.")
    print(f"Browser tests use {path}")
