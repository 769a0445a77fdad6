"""Loads the running portal and says what a page costs, as a ratio to Django's plain “hello” in the same run.

    make bench                      every page below, 400 requests each
    make bench ARGS="--requests 1000"

Both are served by gunicorn with one worker and the same settings, one after the other, over a kept connection on
loopback. Each page is measured as readers meet it, kept until something changes (cms/page_cache/middleware.py),
and made anew for every request. CPU is what the worker process itself used (user and system), read before and
after; it does not depend on what else the machine does, as requests per second and the percentiles do.
"""

import argparse
import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    "home": "/",
    "list of programmes": "/programmes/",
    "list, filtered": "/programmes/?age=5-to-11&status=finished",
    "list of partners": "/partners/",
    "a programme": "/programmes/our-future-derby/",
    "a partner": "/partners/derby-city-council/",
    "learning city": "/learning-city/",
    "a standing page": "/privacy/",
}
AIMS = {"list of programmes": 8, "list of partners": 8, "a programme": 6, "a partner": 6}
TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(application: str, environment: dict[str, str]):
    """A gunicorn with one worker; gives its port and the worker's process id."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "--config", str(ROOT / "deploy/gunicorn.py"), "--workers", "1",
        "--max-requests", "0", "--worker-class", "gthread", "--threads", "1", "--keep-alive", "30",
        "--bind", f"127.0.0.1:{port}", "--log-level", "error", application,
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)
    try:
        children: list[str] = []
        for _ in range(300):  # the port is open before there is a worker
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                if children := Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
                    break
            time.sleep(0.1)
        yield port, int(children[0])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def load(port: int, pid: int, path: str, requests: int) -> dict[str, float]:
    """Asks as a browser does, one request after the other, and checks that each is answered in full."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask() -> int:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip", "Host": "127.0.0.1"})
        response = connection.getresponse()
        body = response.read()
        if response.status != 200 or not body:
            raise SystemExit(f"{path} answered {response.status}")
        return len(body)

    for _ in range(30):
        size = ask()
    times = []
    cpu, begun = cpu_seconds(pid), time.perf_counter()
    for _ in range(requests):
        asked = time.perf_counter()
        ask()
        times.append(time.perf_counter() - asked)
    return {
        "cpu": (cpu_seconds(pid) - cpu) / requests * 1000,
        "rate": requests / (time.perf_counter() - begun),
        "p50": statistics.median(times) * 1000,
        "p95": statistics.quantiles(times, n=20)[18] * 1000,
        "size": size / 1024,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=400, help="for each page")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        hello = Path(folder) / "hello.py"
        hello.write_text(
            "from django.conf import settings\n"
            "from django.core.wsgi import get_wsgi_application\n"
            "from django.http import HttpResponse\n"
            "from django.urls import path\n"
            "settings.configure(SECRET_KEY='x', ALLOWED_HOSTS=['*'], ROOT_URLCONF=__name__)\n"
            "urlpatterns = [path('', lambda request: HttpResponse('hello'))]\n"
            "application = get_wsgi_application()\n"
        )
        with served("hello:application", {"PYTHONPATH": folder}) as (port, pid):
            plain = load(port, pid, "/", asked.requests * 5)
    print(f"{'':24}{'CPU ms':>8}{'× hello':>9}{'aim':>6}{'req/s':>8}{'p50 ms':>8}{'p95 ms':>8}{'KiB':>7}")
    show("Django’s hello", plain, plain)
    for title, kept in (("kept until something changes", "32"), ("made anew each time", "0")):
        print(title)
        with served("derbycity.wsgi", {"SITE_URL": "http://127.0.0.1", "PAGE_CACHE_MB": kept}) as (port, pid):
            for name, path in PAGES.items():
                show(name, load(port, pid, path, asked.requests), plain)


def show(name: str, seen: dict[str, float], plain: dict[str, float]) -> None:
    aim = f"≤ {AIMS[name]}" if name in AIMS else ""
    print(
        f"{name:24}{seen['cpu']:8.2f}{seen['cpu'] / plain['cpu']:9.1f}{aim:>6}{seen['rate']:8.0f}"
        f"{seen['p50']:8.1f}{seen['p95']:8.1f}{seen['size']:7.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
