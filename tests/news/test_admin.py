"""Staff keep news as they keep every other page: rights, drafts, proposals and history are tested for every kind in
tests/derbycity and tests/cms; here is what only news has."""

import pytest
from django import forms

from news.kinds import NewsItemForm
from news.models import NewsItem
from tests import make

pytestmark = pytest.mark.django_db

FIELDS = ["title", "slug", "summary", "body", "date", "date_note", "said_by", "said_by_name", "status"]


def form(**fields):
    typed = {
        "title": "A new room",
        "slug": "a-new-room",
        "summary": "It opened.",
        "body": "<p>It opened in spring.</p>",
        "date": "2026-03",
        "said_by_name": "The city’s schools",
        "status": "published",
    }
    return forms.modelform_factory(NewsItem, form=NewsItemForm, fields=FIELDS)(typed | fields)


def codes(form):
    return {name: [error.code for error in errors.as_data()] for name, errors in form.errors.items()}


def test_what_is_filled_in_can_be_published():
    assert form().errors == {}


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"body": ""}, {"body": ["needed_to_publish"]}),
        ({"date": ""}, {"date": ["required"]}),
        ({"date": "early 2018"}, {"date": ["partial_date"]}),
        ({"slug": "feed.atom"}, {"slug": ["invalid"]}),
    ],
)
def test_what_is_missing_is_said_beside_its_field(fields, refused):
    assert codes(form(**fields)) == refused


def test_nothing_is_published_that_nobody_says():
    assert codes(form(said_by_name=""))["said_by"] == ["who_says_it"]


def test_a_draft_may_leave_open_who_says_it():
    assert form(said_by_name="", status="draft").errors == {}


def test_a_partner_or_a_name_will_do():
    assert form(said_by_name="", said_by=make.partner().pk).errors == {}


def test_an_editor_publishes_news_and_the_old_address_goes_on_leading_there(browse, client):
    editor, partner = browse("editor"), make.partner()
    empty = {"pictures-TOTAL_FORMS": 0, "pictures-INITIAL_FORMS": 0}
    typed = {"title": "A room", "slug": "room", "summary": "It opened.", "body": "<p>It did.</p>", "date": "2026"}
    typed |= {"said_by": partner.pk, "partners": [partner.pk], "status": "published"} | empty

    editor.post("/admin/news/newsitem/add/", typed)
    item = NewsItem.objects.get()
    moved = typed | {"slug": "new-room", "seen_at": item.modified_at.isoformat()}
    editor.post(f"/admin/news/newsitem/{item.pk}/change/", moved)

    assert client.get("/news/new-room/").status_code == 200
    assert client.get("/news/room/").headers["Location"] == "/news/new-room/"
    assert (item.history.earliest().slug, item.history.latest().slug) == ("room", "new-room")
