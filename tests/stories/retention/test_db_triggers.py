"""The database itself keeps what tellers were shown and what they answered."""

import pytest
from django.db import DatabaseError, transaction

from stories.models import Consent, ConsentVersion, Story, WordingLine
from tests import make, make_stories

pytestmark = pytest.mark.django_db


def refused(query, **fields):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        query.update(**fields) if fields else query.delete()


def draft():
    wording = ConsentVersion.objects.create(number=2, licence="Yours.", licence_for_children="Yours, too.")
    WordingLine.objects.create(wording=wording, purpose="site", words="Show it", words_for_children="Show it")
    return wording


def test_a_wording_in_use_stays_as_it_is():
    in_use = ConsentVersion.objects.filter(number=1)

    refused(in_use, licence="We own it.")
    refused(in_use, used_since=None)
    refused(in_use, is_material=False)
    with pytest.raises(DatabaseError), transaction.atomic():
        in_use.get().delete()


def test_so_does_each_of_its_lines():
    lines = WordingLine.objects.filter(wording__number=1)
    other = draft()

    refused(lines, words="Do all you like with it")
    refused(lines, wording=other)
    refused(lines)
    refused(WordingLine.objects.filter(wording=other), wording=ConsentVersion.objects.get(number=1))


def test_one_that_is_being_written_may_be_changed_and_thrown_away():
    wording = draft()

    wording.licence = "Really yours."
    wording.save()
    wording.lines.update(words="Please show it")
    wording.delete()

    assert ConsentVersion.objects.count() == 1


def test_whoever_put_it_to_use_may_leave():
    person = make.user()
    wording = draft()
    wording.by = person
    wording.save()
    ConsentVersion.objects.filter(pk=wording.pk).update(used_since="2026-11-01T12:00Z")

    person.delete()

    wording.refresh_from_db()
    assert wording.by is None


@pytest.mark.parametrize("change", [{"is_given": False}, {"words_shown": "x"}, {"purpose": "print"}, {"by": "staff"}])
def test_an_answer_is_never_changed(change):
    make_stories.story()

    refused(Consent.objects.all(), **change)


def test_an_answer_goes_with_its_story():
    story = make_stories.story(status="submitted")

    Story.objects.get(pk=story.pk).delete()

    assert not Consent.objects.exists()
