"""One address is one address: with or without a slash, in capitals or not, with what was asked and where it points."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from cms.backoffice.forms import MovedAddressForm, remember_move
from cms.publishing.models import MovedAddress, stored_form
from cms.publishing.redirects import with_query
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("target", "query", "whole"),
    [
        ("/new/", "", "/new/"),
        ("/new/", "a=1", "/new/?a=1"),
        ("/stories/search/?q=tram", "a=1", "/stories/search/?q=tram&a=1"),
        ("/stories/search/?q=tram", "q=bus&a=1", "/stories/search/?q=tram&a=1"),
        ("/stories/#part", "a=1", "/stories/?a=1#part"),
        ("/stories/?b=2#part", "a=1&a=2", "/stories/?b=2&a=1&a=2#part"),
        ("/stories/?b=2#part", "", "/stories/?b=2#part"),
        ("/new/", "q=%C3%A9%20x+y&&", "/new/?q=%C3%A9%20x+y"),
    ],
)
def test_queries_are_merged_and_the_fragment_stays_last(target, query, whole):
    assert with_query(target, query) == whole


def test_a_moved_address_takes_along_what_was_asked():
    MovedAddress.objects.create(old_path="/old-15/", new_path="/stories/#part")

    assert Client().get("/old-15/?a=1").headers["Location"] == "/stories/?a=1#part"


@pytest.mark.parametrize("asked", ["/old-trams", "/old-trams/", "/OLD-TRAMS", "/Old-Trams/"])
@pytest.mark.parametrize("typed", ["/old-trams", "/Old-Trams/"])
def test_one_row_is_enough(asked, typed):
    form = MovedAddressForm({"old_path": typed, "new_path": "/stories/"})
    assert form.is_valid(), form.errors
    form.save()

    answer = Client().get(asked)

    assert (answer.status_code, answer.headers["Location"]) == (301, "/stories/")


def test_the_other_way_of_writing_it_is_the_same_address():
    MovedAddress.objects.create(old_path="/old-trams/", new_path="/stories/")

    form = MovedAddressForm({"old_path": "/OLD-TRAMS", "new_path": "/programmes/"})

    assert "already exists" in form.errors["old_path"][0]


@pytest.mark.parametrize("path", ["/old-trams", "/Old-trams/"])
def test_no_other_form_is_stored(path):
    with pytest.raises(IntegrityError), transaction.atomic():
        MovedAddress.objects.create(old_path=path, new_path="/stories/")


def test_an_address_is_not_too_long_by_its_slash():
    assert "old_path" in MovedAddressForm({"old_path": "/" + "a" * 299, "new_path": "/stories/"}).errors


@pytest.mark.parametrize("path", ["/", "/a", "/a/", "/A/b.PDF", "/ÄRGER"])
def test_the_stored_form_is_stored_once(path):
    assert stored_form(stored_form(path)) == stored_form(path)


def test_a_thing_that_only_lost_its_capitals_leaves_no_address():
    page = make.page(slug="trams")

    remember_move(page, "/Trams/")

    assert not MovedAddress.objects.exists()


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("/Tell/", "/tell/"), ("/TELL", "/tell/"), ("/Join/", "/join/"), ("/Stories/calls/", "/stories/calls/"),
        ("/Programmes/?for=CHILDREN", "/programmes/?for=CHILDREN"),
        ("/PARTNERS/the-ROUNDHOUSE/", "/partners/the-roundhouse/"),
        ("/partners/The-Roundhouse", "/partners/the-roundhouse/"), ("/About", "/about/"),
        ("/STORIES/ABCD2345/", "/stories/abcd2345/"),
        ("/Robots.txt", "/robots.txt"),
    ],
)  # fmt: skip
def test_capitals_lead_to_the_page_that_is_there(asked, there):
    make.partner(slug="the-roundhouse")
    make.page(slug="about")
    told.story(slug="abcd2345")

    answer = Client().get(asked)

    assert (answer.status_code, answer.headers["Location"]) == (301, there)


@pytest.mark.parametrize(
    "asked",
    ["/Nowhere/", "/Partners/Nobody/", "/partners/DRAFT/", "/Pictures/0f0f/1/preview.jpg",
     "/pictures/ef7c7355-1a46-46a1-b84e-5bceb796e9bc/1/Master.jpg", "/ADMIN/stories/story/1/",
     "/nowhere/", "/Desk/the-roundhouse/"],
)  # fmt: skip
def test_capitals_lead_nowhere_else(asked):
    make.partner(slug="draft", status="draft")

    assert Client().get(asked).status_code == 404


def test_nobody_is_sent_in_a_circle():
    MovedAddress.objects.create(old_path="/old/", new_path="/OLD/")

    assert Client().get("/OLD/").status_code == 404
