"""Says what staff's lists and forms cost with ten thousand programmes, as a ratio to the same with next to none.

    make bench WHAT=admin

Both are measured in the same run, on a database made for it and removed afterwards, by signed-in requests without a
network between. A page is asked for several times, and the fastest answer counts.
"""

import argparse
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "derbycity.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_databases, setup_test_environment, teardown_databases

from cms.audit.models import AuditEvent
from cms.media.models import Image
from cms.revisions.models import Proposal
from programmes.models import Programme
from tests import make

MOST_QUERIES = 20
PAGES = {
    "first page": "/admin/",
    "list of programmes": "/admin/programmes/programme/",
    "list, searched": "/admin/programmes/programme/?q=Programme+12",
    "list, filtered": "/admin/programmes/programme/?state=public&kept_by=nobody",
    "form of a programme": "/admin/programmes/programme/{}/change/",
    "history of a programme": "/admin/programmes/programme/{}/history/",
    "form of a new one": "/admin/programmes/programme/add/",
    "list of partners": "/admin/partners/partner/",
    "pictures": "/admin/cms/image/",
    "changes beside pages": "/admin/cms/proposal/",
    "record": "/admin/cms/auditevent/",
}


def few(person) -> int:
    programme = make.programme(body="<p>A</p>", owner=person)
    for _ in range(3):
        make.figure(programme=programme, source=make.source())
    return programme.pk


def many(count: int) -> None:
    partner, theme = make.partner(), make.theme()
    make.many_programmes(count, lead=partner, themes=[theme])
    make.many_partners(count)
    some = Programme.objects.order_by("pk")[:1000]
    shown = {"master": "x.jpg", "preview": "y.jpg", "width": 2000, "height": 1000, "preview_width": 960}
    Image.objects.bulk_create(Image(alternative_text=f"A street, number {number}", **shown) for number in range(count))
    AuditEvent.objects.bulk_create(
        AuditEvent(action="published", by_words="Somebody", object_words=f"Programme {number}")
        for number in range(10 * count)
    )
    Proposal.objects.bulk_create(
        Proposal(thing=thing, title=thing.title, status="waiting", values={}, base={}) for thing in some
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def cost(client: Client, address: str, times: int) -> tuple[float, int]:
    """Milliseconds of the fastest answer, and how many questions it asked the database."""
    fastest = float("inf")
    for _ in range(times):
        with CaptureQueriesContext(connection) as asked:
            begun = time.perf_counter()
            response = client.get(address)
            fastest = min(fastest, time.perf_counter() - begun)
        if response.status_code != 200:
            raise SystemExit(f"{address} answered {response.status_code}")
    return fastest * 1000, len(asked)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programmes", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=7, help="how often each page is asked for")
    asked = parser.parse_args()
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        person = make.staff("Administrator")
        key = few(person)
        client = make.signed_in(person)
        before = {name: cost(client, address.format(key), asked.times) for name, address in PAGES.items()}
        many(asked.programmes)
        print(f"{'':26}{'ms, few':>10}{f'ms, {asked.programmes}':>12}{'ratio':>8}{'queries':>10}")
        for name, address in PAGES.items():
            ms, questions = cost(client, address.format(key), asked.times)
            over = "  over" if questions > MOST_QUERIES else ""
            ratio = ms / before[name][0]
            print(f"{name:26}{before[name][0]:10.1f}{ms:12.1f}{ratio:8.1f}{questions:10}{over}", flush=True)
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main()
