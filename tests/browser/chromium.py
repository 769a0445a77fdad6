"""Finds a Chromium for the browser tests, or brings one: Debian's as root, else Playwright's own.

Run as a script before the tests. It fails, and so does `make test`, if there is none in the end.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


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
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        print("Bringing Chromium from Debian's packages (about a minute)", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
        install = [
            "apt-get",
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "chromium",
            "fonts-noto-core",
        ]
        subprocess.run(install, check=True, env=environment, stdout=subprocess.DEVNULL)
    else:
        print("Bringing Playwright's Chromium (about a minute)", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    if not find():
        bring()
    path = find()
    if not path:
        sys.exit("There is no Chromium, so the browser tests cannot run. Install one, or set CHROMIUM to its path.")
    print(f"Browser tests use {path}")
