import datetime

import pytest
import time_machine

from cms.backoffice import forms
from cms.publishing.models import MovedAddress
from tests import make


def moved(old, new):
    return forms.MovedAddressForm({"old_path": old, "new_path": new})


@pytest.mark.parametrize(
    "path",
    [
        "https://example.org/",
        "//example.org/",
        "/\\example.org/",
        "\\\\example.org",
        "/a//b",
        "javascript:alert(1)",
        "programmes/",
        "/a b/",
        "/\t/example.org",
        "/a\nb",
        "",
        "x" * 400,
    ],
)
def test_an_address_elsewhere_is_refused(db, path):
    assert "new_path" in moved("/old/", path).errors
    assert "old_path" in moved(path, "/programmes/").errors


@pytest.mark.parametrize("path", ["/programmes/", "/programmes/?for=everyone", "/contact/#post", "/café/"])
def test_an_address_here_is_taken(db, path):
    assert moved("/old/", path).errors == {}


def test_an_old_address_is_kept_as_requests_spell_it(db):
    form = moved("/caf%C3%A9/", "/programmes/")

    assert form.is_valid()
    assert form.cleaned_data["old_path"] == "/café/"


@pytest.mark.parametrize("path", ["/", "/programmes/", "/wards/", "/admin/"])
def test_the_address_of_a_list_cannot_be_moved(db, path):
    assert moved(path, "/contact/").errors["old_path"].as_data()[0].code == "live"


@pytest.mark.parametrize("build", [make.programme, make.partner, make.page, make.theme, make.priority_area, make.ward])
def test_the_address_of_a_public_page_cannot_be_moved(db, build):
    assert moved(build().get_absolute_url(), "/programmes/").errors["old_path"].as_data()[0].code == "live"


def test_the_address_of_a_draft_can_be_moved(db):
    assert moved(make.programme(status="draft").get_absolute_url(), "/programmes/").is_valid()


def test_nobody_is_sent_in_a_circle(db):
    MovedAddress.objects.create(old_path="/a/", new_path="/b/")

    assert moved("/b/", "/a/").errors["new_path"].as_data()[0].code == "moved_itself"
    assert moved("/c/", "/c/?x").errors["new_path"].as_data()[0].code == "same"


def test_an_old_address_is_moved_once(db):
    MovedAddress.objects.create(old_path="/a/", new_path="/programmes/")

    assert "old_path" in moved("/a/", "/partners/").errors


@pytest.mark.parametrize(
    ("today", "then"), [("2026-11-21", "2027-11-21"), ("2028-02-29", "2029-02-28"), ("2026-12-31", "2027-12-31")]
)
def test_in_a_year_is_the_same_day(today, then):
    with time_machine.travel(f"{today}T12:00:00Z", tick=False):
        assert forms.in_months(12) == datetime.date.fromisoformat(then)


def test_in_some_months_is_the_last_day_of_a_short_month():
    with time_machine.travel("2026-08-31T12:00:00Z", tick=False):
        assert forms.in_months(6) == datetime.date(2027, 2, 28)


def test_a_move_leads_to_the_thing_wherever_it_goes(db, client):
    programme = make.programme()
    forms.remember_move(programme, "/programmes/first-name/")
    programme.slug = "third-name"
    programme.save()

    assert client.get("/programmes/first-name/").url == "/programmes/third-name/"
