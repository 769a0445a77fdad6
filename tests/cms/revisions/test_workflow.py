"""A proposal from being written to being public, or not: who may take which step from where."""

import datetime
import itertools

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from cms.revisions import kinds, workflow
from cms.revisions.jobs import publish_what_is_due
from cms.revisions.models import Proposal
from programmes.models import HeadlineFigure, Programme, Step
from tests import make

Status = Proposal.Status
PEOPLE = ("stranger", "moderator", "writer", "editor", "administrator")
STATUSES = [status for status in Status if status != Status.SKETCH]
CHANGE, PUBLISH = {"writer", "editor", "administrator"}, {"editor", "administrator"}
# Each step: from where, to where, by whom.
TABLE = {
    "send": ({Status.DRAFT}, Status.WAITING, CHANGE),
    "reopen": ({Status.WAITING, Status.SCHEDULED}, Status.DRAFT, CHANGE),
    "rewrite": ({Status.SCHEDULED}, Status.WAITING, CHANGE),
    "take_back": ({Status.DRAFT, Status.WAITING, Status.SCHEDULED}, Status.TAKEN_BACK, CHANGE),
    "schedule": ({Status.DRAFT, Status.WAITING, Status.SCHEDULED}, Status.SCHEDULED, PUBLISH),
    "publish": ({Status.DRAFT, Status.WAITING, Status.SCHEDULED}, Status.PUBLISHED, PUBLISH),
    "refuse": ({Status.WAITING, Status.SCHEDULED}, Status.REFUSED, PUBLISH),
    "fail": ({Status.SCHEDULED}, Status.WAITING, set()),
}


def fit(**fields):
    """A programme that could be published as it is."""
    return make.programme(body="<p>Children read.</p>", running="3-finished", summary="Old words.", **fields)


@pytest.fixture
def programme(db):
    return fit(title="Reading")


def tomorrow():
    return timezone.now() + datetime.timedelta(days=1)


def test_the_table_is_the_one_in_the_code():
    assert {name: (set(step.start), step.end) for name, step in workflow.STEPS.items()} == {
        name: (start, end) for name, (start, end, _) in TABLE.items()
    }


def outcome(step, proposal, person):
    """What came of a step: its answer or refusal, then the status and the words that were stored. It is undone."""
    with transaction.atomic():
        try:
            came = workflow.take(step, proposal, by=person, note="Because.", at=tomorrow()).status
        except (PermissionDenied, workflow.Impossible) as refusal:
            came = type(refusal)
        stored = Proposal.objects.get(pk=proposal.pk)
        found = came, stored.status, stored.thing.summary
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("step", TABLE)
def test_who_may_take_which_step_from_where(cast, step):
    start, end, allowed = TABLE[step]
    waiting = {status: make.proposal(fit(), by=cast.writer, status=status, summary="New words.") for status in STATUSES}
    expected = {}
    for who, status in itertools.product(PEOPLE, STATUSES):
        if who not in allowed:
            expected[who, status] = PermissionDenied, status, "Old words."
        elif status not in start:
            expected[who, status] = workflow.Impossible, status, "Old words."
        else:
            expected[who, status] = end, end, "New words." if end == Status.PUBLISHED else "Old words."

    assert {(who, status): outcome(step, waiting[status], getattr(cast, who)) for who, status in expected} == expected


def test_publishing_changes_fields_and_lists_and_nothing_else(cast, programme):
    kept = make.figure(programme=programme, value=5, what="schools")
    going = make.figure(programme=programme, value=7, what="pupils")
    step = Step.objects.create(programme=programme, when="2019", what="It began")
    theme = make.theme()
    rows = {
        "figures": [
            {"id": str(kept.pk), "value": "6", "unit": "schools", "what": "schools", "order": "0"},
            {"id": "", "value": "100", "unit": "books", "what": "books read", "order": "1"},
        ]
    }
    proposal = make.proposal(programme, by=cast.editor, summary="New words.", themes=[str(theme.pk)], rows=rows)

    workflow.take("publish", proposal, by=cast.editor)

    programme.refresh_from_db()
    assert programme.summary == "New words."
    assert list(programme.themes.all()) == [theme]
    assert sorted(str(figure) for figure in programme.figures.all()) == ["100 books read", "6 schools"]
    assert not HeadlineFigure.objects.filter(pk=going.pk).exists()
    assert list(programme.steps.all()) == [step]
    assert programme.title == "Reading"


def test_what_others_changed_meanwhile_stays(cast, programme):
    proposal = make.proposal(programme, by=cast.editor, summary="New words.")
    programme.title = "Reading together"
    programme.save()
    added = Step.objects.create(programme=programme, when="2019", what="It began")

    workflow.take("publish", proposal, by=cast.editor)

    programme.refresh_from_db()
    assert (programme.title, programme.summary) == ("Reading together", "New words.")
    assert list(programme.steps.all()) == [added]


def test_what_the_form_refuses_is_not_published(cast, programme):
    make.programme(title="Taken")
    proposal = make.proposal(programme, by=cast.editor, title="Taken", summary="New words.")

    with pytest.raises(ValidationError, match="Title"):
        workflow.take("publish", proposal, by=cast.editor)

    proposal.refresh_from_db()
    programme.refresh_from_db()
    assert (proposal.status, programme.summary) == (Status.DRAFT, "Old words.")


def test_a_refusal_says_why(cast, programme):
    proposal = make.proposal(programme, by=cast.writer, status="waiting")

    with pytest.raises(ValidationError, match="Say why"):
        workflow.take("refuse", proposal, by=cast.editor, note="  ")
    workflow.take("refuse", proposal, by=cast.editor, note="Where is this said?")

    proposal.refresh_from_db()
    assert (proposal.words, proposal.decided_by) == ("Where is this said?", cast.editor)
    mail = Mail.objects.get(to=cast.writer.email)
    assert mail.text.startswith("Your change of “Reading” was not published.")
    assert "Where is this said?" in mail.text


@pytest.mark.parametrize("at", [None, datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)])
def test_a_time_that_is_none_or_has_passed_is_refused(cast, programme, at):
    proposal = make.proposal(programme, by=cast.editor)

    with pytest.raises(ValidationError):
        workflow.take("schedule", proposal, by=cast.editor, at=at)


def test_nobody_decides_about_words_they_have_not_seen(cast, programme):
    proposal = make.proposal(programme, by=cast.writer, summary="New words.")
    seen_at = proposal.modified_at.isoformat()
    proposal.values["fields"]["summary"] = "Other words."
    proposal.save()

    with pytest.raises(workflow.Impossible, match="changed it after you opened"):
        workflow.take("publish", proposal, by=cast.editor, seen_at=seen_at)

    programme.refresh_from_db()
    assert programme.summary == "Old words."


def test_each_decision_is_in_the_record(cast, programme):
    proposal = make.proposal(programme, by=cast.writer, summary="New words.")

    workflow.take("send", proposal, by=cast.writer, note="Please look")
    workflow.take("publish", proposal, by=cast.editor)

    lines = AuditEvent.objects.filter(object_id=programme.pk).order_by("pk").values_list("action", "by", "object_words")
    assert list(lines) == [("proposed", cast.writer.pk, "Reading"), ("approved", cast.editor.pk, "Reading")]
    assert programme.history.first().history_user == cast.editor


def test_somebody_who_waits_is_told_and_so_is_whoever_decides(cast, programme):
    programme.owner = cast.editor
    programme.save()
    proposal = make.proposal(programme, by=cast.writer)

    workflow.take("send", proposal, by=cast.writer)
    workflow.take("publish", proposal, by=cast.editor)

    assert set(Mail.objects.values_list("to", "subject")) == {
        (cast.editor.email, "Waiting for approval: Reading"),
        (cast.writer.email, "Reading: is published"),
    }


def schedule(cast, programme, **fields):
    proposal = make.proposal(programme, by=cast.writer, **fields)
    return workflow.take("schedule", proposal, by=cast.editor, at=timezone.now() + datetime.timedelta(hours=1))


def make_due(proposal):
    Proposal.objects.filter(pk=proposal.pk).update(publish_at=timezone.now() - datetime.timedelta(seconds=1))


def test_before_its_time_nothing_happens(cast, programme, run_jobs):
    proposal = schedule(cast, programme, summary="New words.")

    workflow.carry_out(proposal.pk)
    run_jobs()
    with time_machine.travel(timezone.now() + datetime.timedelta(days=2)):  # our clock is not the one that counts
        workflow.carry_out(proposal.pk)

    programme.refresh_from_db()
    assert programme.summary == "Old words."
    assert workflow.due() == []


def test_at_its_time_it_is_published_in_the_name_of_whoever_decided(cast, programme, run_jobs):
    proposal = schedule(cast, programme, summary="New words.")
    make_due(proposal)

    run_jobs(at=timezone.now() + datetime.timedelta(hours=2))

    proposal.refresh_from_db()
    programme.refresh_from_db()
    assert (proposal.status, programme.summary) == (Status.PUBLISHED, "New words.")
    assert programme.history.first().history_user == cast.editor
    line = AuditEvent.objects.get(action="approved")
    assert (line.by, line.by_words, line.new["decided by"]) == (None, "the portal itself", "Edie Editor")


def test_a_lost_job_does_not_matter(cast, programme):
    proposal = schedule(cast, programme, summary="New words.")
    make_due(proposal)

    for pk in workflow.due():
        workflow.carry_out(pk)
    workflow.carry_out(proposal.pk)

    programme.refresh_from_db()
    assert programme.summary == "New words."
    assert AuditEvent.objects.filter(action="approved").count() == 1


def test_whoever_decided_may_have_left_since(cast, programme):
    proposal = schedule(cast, programme, summary="New words.")
    make_due(proposal)
    cast.editor.is_active = False
    cast.editor.save()

    workflow.carry_out(proposal.pk)

    programme.refresh_from_db()
    assert programme.summary == "New words."


def test_what_does_not_fit_at_its_time_waits_again_and_its_writer_is_told_why(cast, programme):
    proposal = schedule(cast, programme, title="Taken")
    make.programme(title="Taken")
    make_due(proposal)

    workflow.carry_out(proposal.pk)

    proposal.refresh_from_db()
    programme.refresh_from_db()
    assert (proposal.status, programme.title) == (Status.WAITING, "Reading")
    assert "Title" in proposal.problems[0]
    assert "Title" in Mail.objects.get(to=cast.writer.email, subject__contains="could not be published").text


def test_a_proposal_can_take_a_page_down_at_a_time(cast, programme, client):
    proposal = make.proposal(programme, by=cast.editor)
    proposal.values["fields"]["status"] = "draft"
    proposal.save()
    proposal = workflow.take("schedule", proposal, by=cast.editor, at=tomorrow())
    make_due(proposal)

    workflow.carry_out(proposal.pk)

    assert client.get(programme.get_absolute_url()).status_code == 404


def test_a_thing_that_is_gone_leaves_nothing_to_decide(cast, programme):
    proposal = make.proposal(programme, by=cast.editor)
    Programme.objects.filter(pk=programme.pk).delete()

    assert workflow.steps_open_to(Proposal.objects.get(pk=proposal.pk), cast.editor) == set()
    assert workflow.mistakes(proposal) == ["The page it is about is not there any more."]


def test_sketches_are_forgotten_after_a_day(cast, programme):
    old = make.proposal(programme, by=cast.editor, status="sketch")
    Proposal.objects.filter(pk=old.pk).update(modified_at=timezone.now() - datetime.timedelta(days=2))
    new = make.proposal(programme, by=cast.editor, status="sketch")
    draft = make.proposal(programme, by=cast.editor)

    workflow.forget_sketches()

    assert set(Proposal.objects.all()) == {new, draft}


# What a fresh pair of eyes found.

BOOKS = {"figures": [{"id": "", "value": "100", "unit": "books", "what": "books read", "order": "1"}]}


@pytest.mark.parametrize("leave", ["is shut out", "is deleted", "loses the right"])
def test_lists_are_published_too_when_whoever_decided_has_left(cast, programme, leave):
    proposal = schedule(cast, programme, summary="New words.", rows=BOOKS)
    make_due(proposal)
    if leave == "is shut out":
        cast.editor.is_active = False
        cast.editor.save()
    elif leave == "is deleted":
        cast.editor.delete()
    else:
        cast.editor.groups.clear()

    workflow.carry_out(proposal.pk)

    assert [str(figure) for figure in programme.figures.all()] == ["100 books read"]


def test_a_list_that_the_form_has_lost_is_no_silent_loss(cast, programme):
    proposal = make.proposal(programme, by=cast.writer, rows={"gone": [{"id": "", "what": "x"}]})
    proposal.values["rows"]["gone"] = [{"id": "", "what": "x"}]
    live = {"fields": {}, "rows": {}}

    with pytest.raises(ValidationError, match="not part of the form any more"):
        kinds.of(programme).save(programme, proposal.values, actor=cast.editor, live=live)


def test_the_portal_publishes_only_what_is_still_approved(cast, programme):
    proposal = schedule(cast, programme, summary="New words.")
    make_due(proposal)
    workflow.take("rewrite", proposal, by=cast.writer)

    with pytest.raises(workflow.Impossible):
        workflow.take("publish", proposal, by=None)

    programme.refresh_from_db()
    assert programme.summary == "Old words."


def test_a_change_of_a_page_that_is_gone_does_not_stay_scheduled(cast, programme):
    proposal = schedule(cast, programme)
    Programme.objects.filter(pk=programme.pk).delete()
    make_due(proposal)

    workflow.carry_out(proposal.pk)

    proposal.refresh_from_db()
    assert proposal.status == Status.WAITING
    assert proposal.problems == ["The page it is about is not there any more."]


def test_one_that_breaks_does_not_hold_up_the_others(cast, programme, monkeypatch):
    other = make.programme(title="Other", body="<p>A</p>", running="3-finished", summary="Old words.")
    broken, fine = schedule(cast, programme, summary="New words."), schedule(cast, other, summary="New words.")
    for proposal in (broken, fine):
        make_due(proposal)
    real = workflow.carry_out

    def carry_out(pk):
        if pk == broken.pk:
            raise RuntimeError
        real(pk)

    monkeypatch.setattr(workflow, "carry_out", carry_out)
    publish_what_is_due.func(timestamp=0)

    other.refresh_from_db()
    assert other.summary == "New words."
