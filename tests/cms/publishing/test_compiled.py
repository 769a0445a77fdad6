"""Whose word it is: put together by the site team, or found right by somebody who may say so."""

import datetime
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from city.models import Page
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.migrations import _never_checked
from cms.publishing import seeding
from cms.publishing.models import SeededRow, publishable_models
from cms.publishing.seeding import Mistake
from programmes.models import Programme
from stories.models import Thread
from tests import make, opening_content

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 11, 21)
COMPILED = "Put together from published sources by the site team, 21 November 2026."
KINDS = [make.programme, make.partner, make.page, make.theme, make.priority_area, make.ward]


def words_of(client, thing):
    return " ".join(client.get(thing.get_absolute_url()).content.decode().split())


# What the public reads.


@pytest.mark.parametrize("build", KINDS)
def test_a_page_that_nobody_checked_says_who_put_it_together_and_no_more(client, build):
    page = words_of(client, build(compiled_on=DAY))

    assert page.count("by the site team, 21 November 2026.") == 1
    assert page.count("Not yet confirmed by the") == 1
    assert "checked by the council" not in page


@pytest.mark.parametrize("build", KINDS)
def test_once_somebody_of_the_council_checked_it_their_day_stands_alone(client, build):
    page = words_of(client, build(compiled_on=DAY, checked_on="2026-12-01"))

    assert "Last checked by the council on 1 December 2026." in page
    assert "site team" not in page


def test_it_says_published_sources_only_where_there_are_some(client):
    with_sources = make.programme(compiled_on=DAY, sources=[make.source(key="report")])
    without = make.page(compiled_on=DAY)

    assert COMPILED in words_of(client, with_sources)
    assert "Written by the site team, 21 November 2026." in words_of(client, without)


def test_an_organisation_that_is_still_there_may_confirm_its_page_and_one_that_ended_may_not(client):
    here, ended = make.partner(compiled_on=DAY), make.partner(compiled_on=DAY, ended="2024")

    assert "Not yet confirmed by the organisation or the council." in words_of(client, here)
    assert "Not yet confirmed by the council." in words_of(client, ended)


def test_no_page_of_the_opening_content_is_said_to_be_checked():
    opening_content.load()

    for model in publishable_models():
        assert not model.objects.exclude(checked_on=None).exists()
        if model is not Thread:
            assert not model.objects.filter(compiled_on=None).exists()
        if model is not Thread:
            assert not model.objects.filter(review_on=None).exists()


# What content may say.


@pytest.mark.parametrize("said", [{"checked_on": DAY}, {"checked_by": "council"}])
def test_content_cannot_say_that_somebody_checked_it(said):
    row = {"slug": "privacy", "title": "Privacy", "summary": "What we keep.", "body": "<p>Nothing.</p>"}

    with pytest.raises(Mistake, match=r"page “privacy”: checked_\w+ is for people to say"):
        seeding.load(Page, [row | said])


# Databases that were filled when content still said so.


def programme_as_it_was_seeded(**fields):
    programme = make.programme(checked_on=DAY, **fields)
    SeededRow.objects.create(kind="programmes.Programme", key=programme.slug, object_id=programme.pk)
    return programme


def put_right():
    _never_checked.put_right("programmes.Programme")(apps, SimpleNamespace(connection=connection))


def changed_by(person, thing, **fields):
    for name, value in fields.items():
        setattr(thing, name, value)
    thing._history_user = person
    thing.save()


def nobody_touched_it(programme, editor):
    return True


def staff_changed_its_words(programme, editor):
    changed_by(editor, programme, summary="Better words.")
    return True


def staff_pressed_still_right_on_that_day(programme, editor):
    audit_log.write(AuditEvent.Action.CHECKED, programme, by=editor)


def staff_typed_a_day(programme, editor):
    changed_by(editor, programme, checked_on=datetime.date(2026, 11, 25))


def staff_typed_the_same_day_again(programme, editor):
    changed_by(editor, programme, checked_on=None)
    changed_by(editor, programme, checked_on=DAY)


def its_organisation_confirmed_it(programme, editor):
    changed_by(None, programme, checked_by="partner")


def staff_made_it_themselves(programme, editor):
    SeededRow.objects.all().delete()


@pytest.mark.parametrize(
    "what_happened",
    [
        nobody_touched_it,
        staff_changed_its_words,
        staff_pressed_still_right_on_that_day,
        staff_typed_a_day,
        staff_typed_the_same_day_again,
        its_organisation_confirmed_it,
        staff_made_it_themselves,
    ],
)
def test_a_day_that_no_person_said_is_no_day_of_checking(cast, what_happened):
    programme = programme_as_it_was_seeded()
    is_untrue = what_happened(programme, cast.editor)
    before = Programme.objects.get().checked_on

    put_right()

    now = Programme.objects.get()
    assert (now.checked_on, now.compiled_on) == ((None, DAY) if is_untrue else (before, None))
    days = [(version.checked_on, version.compiled_on) for version in now.history.all()]
    assert ((None, DAY) in days, (DAY, None) in days) == ((True, False) if is_untrue else (False, True))


def test_what_was_put_right_is_still_untouched_by_staff():
    row = {"slug": "reading", "title": "Reading", "summary": "Read.", "audience": "Everyone", "body": "<p>Words.</p>"}
    seeding.load(Programme, [row | {"compiled_on": DAY}])
    Programme.objects.update(checked_on=DAY, compiled_on=None)
    SeededRow.objects.update(digest=seeding.digest(Programme.objects.get()))

    put_right()

    assert seeding.load(Programme, [row | {"compiled_on": DAY, "summary": "Read together."}]) == {"updated": 1}


def test_what_somebody_checked_on_the_day_it_was_put_together_is_theirs():
    row = {"slug": "reading", "title": "Reading", "summary": "Read.", "audience": "Everyone", "body": "<p>Words.</p>"}
    seeding.load(Programme, [row | {"compiled_on": DAY}])
    Programme.objects.update(checked_on=DAY)

    assert seeding.load(Programme, [row | {"compiled_on": DAY, "summary": "New."}]) == {"left as staff have it": 1}
