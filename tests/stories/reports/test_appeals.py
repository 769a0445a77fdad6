"""A second look: once, within its time, by somebody else."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from stories.models import Report, Story
from stories.reports import appeals, decisions
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(cast):
    made = told.report(told.story(), email="reader@example.org")
    return decisions.decide(made, by=cast.moderator, has_acted=False, words="We have read it.")


@pytest.fixture
def appealed(report):
    return appeals.appeal(report, words="Look again.")


def close(report, by, *, was_right=True, words="We looked again.", also="", to_teller=""):
    return appeals.close(report, by=by, was_right=was_right, words=words, also=also, to_teller=to_teller)


def test_an_appeal_waits_with_a_clock_of_its_own(report):
    found = appeals.appeal(report, words=" Look again. ")

    assert (found.state, found.appeal) == ("appealed", "Look again.")
    assert found.due_at > timezone.now() + datetime.timedelta(days=4)
    assert found in Report.objects.open()


def test_it_is_asked_for_once(appealed):
    with pytest.raises(decisions.Decided):
        appeals.appeal(appealed, words="And again.")


def test_it_is_not_asked_for_once_it_is_closed(appealed, cast):
    close(appealed, cast.administrator)

    with pytest.raises(decisions.Decided):
        appeals.appeal(appealed, words="And again.")


def test_what_is_not_answered_yet_has_no_appeal():
    with pytest.raises(decisions.Decided):
        appeals.appeal(told.report(told.story()), words="Now!")


def test_after_its_time_it_is_too_late(report):
    report.decided_at = timezone.now() - datetime.timedelta(days=30, seconds=1)
    report.save()

    with pytest.raises(decisions.Decided):
        appeals.appeal(report, words="Oh.")


def test_whoever_decided_first_does_not_decide_again(appealed, cast):
    with pytest.raises(PermissionDenied):
        close(appealed, cast.moderator)

    assert not appeals.may_close(appealed, cast.moderator)
    assert list(decisions.waiting_for(cast.moderator)) == []
    assert list(decisions.waiting_for(cast.administrator)) == [appealed]


@pytest.mark.parametrize("was_right", [True, False])
def test_somebody_else_closes_it_and_the_answer_is_mailed(appealed, cast, was_right):
    closed = close(appealed, make.staff("Moderator"), was_right=was_right)

    assert (closed.state, closed.appeal_was_right, closed.appeal_outcome) == ("closed", was_right, "We looked again.")
    assert "We looked again." in Mail.objects.filter(to="reader@example.org").order_by("pk").last().text


def test_it_is_closed_once(appealed, cast):
    close(appealed, cast.administrator)

    with pytest.raises(decisions.Decided):
        close(appealed, make.staff("Moderator"))


def test_the_first_way_to_decide_does_not_close_an_appeal(appealed, cast):
    with pytest.raises(decisions.Decided):
        decisions.decide(appealed, by=cast.administrator, has_acted=True, words="Quick.")


def test_without_words_it_stays_open(appealed, cast):
    with pytest.raises(ValidationError):
        close(appealed, cast.administrator, words="")


def test_a_story_is_taken_down_after_an_appeal_only_if_they_were_right(appealed, cast):
    with pytest.raises(ValidationError, match="That is a change"):
        close(appealed, cast.administrator, was_right=False, also="remove", to_teller="So.")

    close(appealed, cast.administrator, also="remove", to_teller="So.")

    assert Story.objects.get(pk=appealed.story_id).status == "removed"


def test_others_close_nothing(appealed, cast):
    for person in (cast.editor, cast.writer, cast.stranger):
        with pytest.raises(PermissionDenied):
            close(appealed, person)


def test_the_record_has_both_without_words(appealed, cast):
    close(appealed, cast.administrator, words="Our words.")

    lines = AuditEvent.objects.filter(action__in=("reported", "report_decided")).order_by("pk")
    assert [(line.action, line.by) for line in lines] == [
        ("report_decided", cast.moderator),
        ("reported", None),
        ("report_decided", cast.administrator),
    ]
    kept = " ".join(str(vars(line)) for line in lines)
    assert not any(words in kept for words in ("Look again", "Our words", "reader@"))
