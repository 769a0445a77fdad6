"""Ways around the promises that a second look found, and that are closed."""

import re

import pytest
from django.test import Client

from cms.outbox.models import Mail
from stories.models import Report, Story
from stories.publication import name_detection
from stories.reports import decisions
from stories.submit import email_verification
from stories.workflow import Impossible
from tests import make
from tests import make_stories as told
from tests.stories.submit.pages import CHOICES, Teller, hidden

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("asked_as", ["\0", "x" * 400, "99-plus"])
def test_an_age_nobody_can_have_is_no_age(asked_as):
    teller = Teller()
    teller.tells()
    fields = hidden(teller.page("choices")) | CHOICES | {"asked_as": asked_as}

    assert teller.client.post("/tell/choices/", fields).status_code in (200, 302)


def test_a_code_for_one_address_confirms_no_other():
    Teller().tells_it_all()
    seen = Story.objects.select_related("contributor").get()
    email_verification.ask_at(seen, "victim@example.org")

    with pytest.raises(Impossible):
        email_verification.confirm(seen)
    assert Story.objects.get().status == "awaiting_address"


def test_nobody_fills_up_the_day_of_an_address_that_is_not_theirs():
    for number in range(11):
        Teller().tells_it_all(title=f"Story {number}")
    last = Mail.objects.filter(subject__startswith="Show us").latest("pk")

    Client().post(re.search(r"(/tell/confirm/\?key=\S+)", last.text)[1])

    assert not Story.objects.get(status="submitted").is_rate_limited


@pytest.mark.parametrize("text", ["𝐀𝐦𝐲 𝐒𝐦𝐢𝐭𝐡", "Amy J. Smith", "Аmy Smith", "AmySmith2012"])
def test_a_full_name_is_seen_however_it_is_set(text):
    assert name_detection.holds(f"This is {text} by the river.", name_detection.ways("Amy Smith"))


def test_nobody_decides_a_concern_about_their_child():
    parent = make.staff("Moderator")
    make.confirmed(parent)
    story = told.story(age="13-17", guardian_email=parent.email)
    told.report(story)

    assert Report.objects.count() == 1
    assert not decisions.seen_by(parent).exists()


def test_a_picture_of_what_was_taken_back_opens_to_no_staff(browse):
    story = told.story(status="withdrawn")
    picture = told.picture(story)

    assert browse("moderator").get(f"/admin/stories/picture/{picture.key}/master.jpg").status_code == 404
