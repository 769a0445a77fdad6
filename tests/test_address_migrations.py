"""Old addresses and web names of a database with data in it are brought into one form; none of them leads nowhere."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from cms.publishing.models import MovedAddress
from partners.models import Partner
from stories.models import Thread
from tests import make
from tests import make_stories as told

EDITORIAL = "0013_moved_addresses_in_one_form"
STORIES = "0007_web_names_in_small_letters"
pytestmark = pytest.mark.django_db


def migration(app, name):
    return import_module(f"{app}.migrations.{name}")


class Editor:
    connection = connection


@pytest.fixture
def without_check():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cms_movedaddress DROP CONSTRAINT moved_address_is_stored_in_one_form")


def test_rows_of_one_address_become_one(without_check):
    for old, new in (("/a", "/1/"), ("/a/", "/2/"), ("/A/", "/3/"), ("/b", "/4/"), ("/C/d", "/5/")):
        MovedAddress.objects.create(old_path=old, new_path=new)

    migration("cms", EDITORIAL).merge(apps, Editor)

    assert dict(MovedAddress.objects.values_list("old_path", "new_path")) == {
        "/a/": "/2/",
        "/b/": "/4/",
        "/c/d/": "/5/",
    }


def test_web_names_become_small_and_old_ones_lead_on(client):
    taken, both, odd, empty = make.partner(slug="trams"), make.partner(), make.partner(), told.thread()
    for thing, slug in ((both, "TRAMS"), (odd, "-Old_Mill"), (empty, "-")):
        type(thing).objects.filter(pk=thing.pk).update(slug=slug)

    migration("stories", STORIES).small(apps, Editor)

    slugs = dict(Partner.objects.values_list("pk", "slug"))
    assert slugs == {taken.pk: "trams", both.pk: "trams-2", odd.pk: "old_mill"}
    assert Thread.objects.get(pk=empty.pk).slug == f"page-{empty.pk}"
    assert client.get("/partners/-Old_Mill/").headers["Location"] == "/partners/old_mill/"
    assert client.get("/stories/threads/-/").headers["Location"] == f"/stories/threads/page-{empty.pk}/"
