"""Who may move a story: every state, every kind of person, every step. docs/staff.md shows this table; a test fails
where the two differ."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.utils import timezone

from stories import changes, workflow
from stories.models import Story
from stories.partner_desk import partner_stories
from stories.workflow import STEPS, Role
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db

# In the order of the letters below.
PEOPLE = (
    "anyone",
    "its teller",
    "another teller",
    "guardian",
    "the partner that sent it",
    "writer",
    "editor",
    "moderator",
    "moderator, their own",
    "limited moderator",
    "safeguarding",
    "administrator",
    "the portal",
)
TELLER, GUARDIAN, BOTH = "-y-----------", "---y---------", "-y-y---------"
ANSWER = "-y--y--------"
MODERATOR, NOT_OWN, OR_PORTAL = "-------yy-yy-", "-------y--yy-", "-------yy-yyy"
SAFEGUARDING, PORTAL = "----------yy-", "------------y"
CHANGE = "published, and a change waits"


@dataclass(frozen=True)
class Row:
    """`who` has a letter for each: y may, - may not."""

    state: str
    step: str
    who: str


TABLE = [
    Row("draft", "send", TELLER),
    Row("awaiting_address", "confirm_address", TELLER),
    Row("awaiting_address", "withdraw", BOTH),
    Row("awaiting_guardian", "guardian_agrees", GUARDIAN),
    Row("awaiting_guardian", "guardian_refuses", GUARDIAN),
    Row("awaiting_guardian", "withdraw", BOTH),
    Row("submitted", "claim", MODERATOR),
    Row("submitted", "decline", MODERATOR),
    Row("submitted", "hold", OR_PORTAL),
    Row("submitted", "withdraw", BOTH),
    Row("in_review", "release", MODERATOR),
    Row("in_review", "ask", MODERATOR),
    Row("in_review", "approve", NOT_OWN),
    Row("in_review", "schedule", NOT_OWN),
    Row("in_review", "decline", MODERATOR),
    Row("in_review", "hold", OR_PORTAL),
    Row("in_review", "withdraw", BOTH),
    Row("change_asked", "answer", ANSWER),
    Row("change_asked", "decline", MODERATOR),
    Row("change_asked", "hold", OR_PORTAL),
    Row("change_asked", "withdraw", BOTH),
    Row("approved", "schedule", NOT_OWN),
    Row("approved", "reconsider", MODERATOR),
    Row("approved", "publish", PORTAL),
    Row("approved", "fail", PORTAL),
    Row("approved", "hold", OR_PORTAL),
    Row("approved", "withdraw", BOTH),
    Row("scheduled", "schedule", NOT_OWN),
    Row("scheduled", "reconsider", MODERATOR),
    Row("scheduled", "publish", PORTAL),
    Row("scheduled", "fail", PORTAL),
    Row("scheduled", "hold", OR_PORTAL),
    Row("scheduled", "withdraw", BOTH),
    Row("published", "hold", OR_PORTAL),
    Row("published", "remove", MODERATOR),
    Row("published", "withdraw", BOTH),
    Row(CHANGE, "show", NOT_OWN),
    Row(CHANGE, "ask", MODERATOR),
    Row(CHANGE, "refuse", MODERATOR),
    Row("declined", "reopen", MODERATOR),
    Row("declined", "hold", OR_PORTAL),
    Row("declined", "withdraw", BOTH),
    Row("held", "lift", SAFEGUARDING),
    Row("held", "remove", SAFEGUARDING),
    Row("removed", "restore", MODERATOR),
    Row("removed", "hold", OR_PORTAL),
    Row("removed", "withdraw", BOTH),
    Row("withdrawn", "bring_back", TELLER),
]
STAFF = ("anyone", "another teller", "writer", "editor", "moderator", "moderator, their own", "limited moderator",
         "safeguarding", "administrator")  # fmt: skip
STATES = list(Story.Status)
AT_THE_ADMIN = [row for row in TABLE if "y" in row.who[5:12]]


def safeguarding(at):
    person = make.staff("Moderator")
    person.user_permissions.add(Permission.objects.get(codename="safeguard_story"))
    return type(person).objects.get(pk=person.pk)


def own(at):
    person = make.staff("Moderator")
    at.story.contributor.account = person
    at.story.contributor.save()
    return person


MADE = {
    "anyone": lambda _: None,
    "its teller": lambda _: Role.TELLER,  # known by a key or the account; tests/stories/own/ shows by which
    "another teller": lambda _: told.story(account=make.user()).contributor.account,
    "guardian": lambda _: Role.GUARDIAN,
    "the partner that sent it": lambda at: make.member(at.story.partner).person,
    "writer": lambda _: make.staff("Writer"),
    "editor": lambda _: make.staff("Editor"),
    "moderator": lambda _: make.staff("Moderator"),
    "moderator, their own": own,
    "limited moderator": lambda _: make.staff("Moderator", is_limited=True),
    "safeguarding": safeguarding,
    "administrator": lambda _: make.staff("Administrator"),
    "the portal": lambda _: Role.PORTAL,
}


def at(state):
    story = told.story(status="published" if state == CHANGE else state, partner=make.partner(), way="partner")
    if state == CHANGE:
        told.version(story)
        story.waits_since = timezone.now()
        story.save()
    if story.status in ("in_review", "approved", "scheduled"):
        story.claimed_by, story.claimed_at = make.staff("Moderator"), timezone.now()
        story.save()
    return SimpleNamespace(story=Story.objects.get(pk=story.pk))


def steps_open(who, state) -> set[str]:
    here = at(state)
    person = MADE[who](here)
    here.story.refresh_from_db()
    if state == CHANGE:
        return set(changes.steps_open_to(here.story.latest, person))
    steps = set(workflow.steps_open_to(here.story, person))
    if who == "the partner that sent it" and partner_stories.may_answer(here.story):
        steps.add("answer")  # at its desk; tests/stories/desk/ shows who there
    return steps


@pytest.mark.parametrize("state", [*STATES, CHANGE])
def test_each_may_take_the_steps_that_the_table_says_and_no_other(state):
    expected = {
        who: {row.step for row in TABLE if row.state == state and row.who[place] == "y"}
        for place, who in enumerate(PEOPLE)
    }

    assert {who: steps_open(who, state) for who in PEOPLE} == expected


def test_every_step_stands_in_the_table():
    drawn = {(row.state, row.step) for row in TABLE}

    assert drawn >= {(str(state), name) for name, step in STEPS.items() for state in step.start}


def press(client, story, step):
    story = Story.objects.get(pk=story.pk)
    at = (timezone.localtime() + datetime.timedelta(days=400)).strftime("%Y-%m-%dT%H:%M")
    sent = {f"{step}-words": "Because.", f"{step}-why": "Because.", f"{step}-at": at}
    sent |= {"step": step, "seen_at": story.modified_at.isoformat()}
    return client.post(f"/admin/stories/story/{story.pk}/decide/", sent)


def of(story):
    """What a step changes."""
    now = Story.objects.get(pk=story.pk)
    return now.status, now.publish_at, now.latest.state, now.shown_id


def can(who, row) -> bool:
    """Whether such a person can do it with the buttons of the admin; whatever they did is undone."""
    client = Client()
    with transaction.atomic():
        here = at(row.state)
        if (person := MADE[who](here)) is not None:
            client.force_login(person)
        before = of(here.story)
        response = press(client, here.story, row.step)
        could = of(here.story) != before
        transaction.set_rollback(True)
    assert response.status_code < 500
    return could


@pytest.mark.parametrize("row", AT_THE_ADMIN, ids=lambda row: f"{row.state}-{row.step}")
def test_the_buttons_do_what_the_table_says_and_no_more(row):
    expected = {who: row.who[PEOPLE.index(who)] == "y" for who in STAFF}

    assert {who: can(who, row) for who in STAFF} == expected


def wrong_steps(state):
    return sorted(set(STEPS) - {row.step for row in TABLE if row.state == state})


@pytest.mark.parametrize("state", STATES)
def test_no_step_is_taken_from_where_it_does_not_begin(cast, state):
    here = at(state)
    before = of(here.story)

    for step in wrong_steps(state):
        for person in (cast.administrator, *Role):
            with pytest.raises((workflow.Impossible, PermissionDenied)):
                workflow.take(step, here.story, by=person, note="Because.", at=timezone.now())
        assert of(here.story) == before, step


@pytest.mark.parametrize("state", STATES)
def test_a_button_of_an_old_screen_does_nothing(client, cast, state):
    here = at(state)
    client.force_login(cast.administrator)
    before = of(here.story)
    step = next(step for step in ("approve", "restore", "claim") if step in wrong_steps(state))

    assert press(client, here.story, step).status_code in (200, 302, 403, 404, 409)
    assert of(here.story) == before


def test_safeguarding_does_not_lift_their_own(client):
    here = at("held")
    person = safeguarding(here)
    here.story.contributor.account = person
    here.story.contributor.save()
    client.force_login(person)

    press(client, here.story, "lift")

    assert of(here.story)[0] == "held"


def test_there_are_more_refusals_than_permissions():
    letters = "".join(row.who for row in TABLE)

    assert letters.count("-") > letters.count("y")


def as_markdown() -> str:
    head = f"| it is | to | {' | '.join(PEOPLE)} |\n|{' --- |' * (len(PEOPLE) + 2)}\n"
    words = {"y": "yes", "-": "no"}
    lines = []
    for row in TABLE:
        is_change = row.state == CHANGE
        state = "Published, and a change waits" if is_change else Story.Status(row.state).label
        step = changes.WORDS[row.step] if is_change else STEPS[row.step].words
        lines.append(f"| {state} | {step} | {' | '.join(words[letter] for letter in row.who)} |\n")
    return head + "".join(lines)


def test_the_guide_shows_the_table_that_is_tested():
    guide = (Path(__file__).parents[2] / "docs" / "staff.md").read_text(encoding="utf-8")

    assert as_markdown() in guide
