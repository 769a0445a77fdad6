"""After a restore: whether what was erased is gone, and whether fifty public pages open. Changes nothing."""

from itertools import zip_longest
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test import Client

from derbycity.sitemaps import SITEMAPS
from stories.retention import erasure_list, re_erase

PAGES = 50


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if back := re_erase.come_back(list(erasure_list.listed())):
            raise CommandError(f"{len(back)} erased stories are there again. Run manage.py erase_again.")
        paths = _some_pages()
        client = Client(headers={"host": _host()})
        wrong = [path for path in paths if client.get(path, secure=True).status_code != 200]
        if wrong or not paths:
            raise CommandError(f"Of {len(paths)} pages, these do not open: {', '.join(wrong) or 'there are none'}")
        self.stdout.write(f"Checked: nothing erased is there, and {len(paths)} pages open.")


def _host() -> str:
    return urlsplit(settings.SITE_URL).netloc


def _some_pages() -> list[str]:
    """One of each kind in turn, as long as there are any, up to PAGES."""
    kinds = [[sitemap.location(item) for item in sitemap.items()[:PAGES]] for sitemap in SITEMAPS.values()]
    in_turn = [path for paths in zip_longest(*kinds) for path in paths if path is not None]
    return in_turn[:PAGES]
