"""A parent or guardian is asked by a mail of their own, which tells nobody else anything."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cms import limits
from cms.access_links.models import AccessToken
from cms.outbox.models import Mail
from stories import workflow
from stories.consent import guardian_requests
from stories.models import Story
from stories.workflow import Role
from tests import make_stories as told

pytestmark = pytest.mark.django_db

GUARDIAN = "pat.parent@example.org"
TEENAGER = {"age": "13-17", "guardian_email": GUARDIAN, "full_name": "Tess Teller", "shown_as": "first"}


def asked(**fields):
    """A story whose address is confirmed a moment ago."""
    story = told.story(status="awaiting_address", **TEENAGER | fields)
    story.contributor.email_verified_at = timezone.now()
    story.contributor.save()
    return workflow.take("confirm_address", story, by=Role.TELLER)


def mails():
    return Mail.objects.filter(to=GUARDIAN).order_by("pk")


def test_the_guardian_is_asked_when_the_address_is_confirmed():
    story = asked()

    mail = mails().get()
    assert story.status == "awaiting_guardian"
    assert "/guardian/?key=" in mail.text
    assert mail.is_secret
    key = AccessToken.objects.get(purpose="guardian")
    assert key.email == GUARDIAN
    assert key.expires_at - key.created_at > datetime.timedelta(days=29)


def test_nobody_is_asked_before_that():
    story = told.story(status="draft", **TEENAGER)

    workflow.take("send", story, by=Role.TELLER)

    assert not mails()


@pytest.mark.parametrize("age", ["under-13", "18-plus"])
def test_nobody_is_asked_for_others(age):
    assert asked(age=age).status == "submitted"
    assert not mails()


@pytest.mark.parametrize(
    ("shown", "called"),
    [
        ({"shown_as": "first"}, "Tess has"),
        ({"shown_as": "full"}, "Tess has"),
        ({"shown_as": "none"}, "A young person has"),
        ({"shown_as": "pen", "pen_name": "River Rat"}, "A young person has"),
        ({"shown_as": "first", "full_name": "www.evil.example Teller"}, "A young person has"),
    ],
)
def test_the_mail_tells_no_title_and_no_hidden_name(shown, called):
    asked(title="My secret title", **shown)

    mail = mails().get()
    for words in (mail.subject, mail.text, mail.html):
        assert "secret title" not in words
        assert "Teller" not in words
        assert "evil" not in words
        assert "River" not in words
    assert called in mail.text
    assert "Tess" not in mail.subject


@pytest.mark.parametrize(
    ("own", "guardian"),
    [
        ("tess@example.org", "TESS@example.org"),
        ("tess@example.org", " tess+mum@example.org"),
        ("te.ss@gmail.com", "tess@googlemail.com"),
    ],
)
def test_ones_own_address_is_no_guardians(own, guardian):
    with pytest.raises(ValidationError, match="your own address"):
        guardian_requests.check_address(own, guardian)


@pytest.mark.parametrize("guardian", ["", "tess@example.com", "t.ess@example.org"])
def test_another_address_is(guardian):
    guardian_requests.check_address("tess@example.org", guardian)


def test_one_reminder_after_a_week_and_no_more():
    story = asked()
    assert guardian_requests.remind() == 0

    earlier = timezone.now() - datetime.timedelta(days=8)
    Story.objects.filter(pk=story.pk).update(status_since=earlier)
    AccessToken.objects.filter(purpose="guardian").update(created_at=earlier)

    assert guardian_requests.remind() == 1
    AccessToken.objects.filter(purpose="guardian").update(created_at=earlier)
    assert guardian_requests.remind() == 0
    assert mails().count() == 2
    assert AccessToken.objects.live().filter(purpose="guardian").count() == 2  # both mails go on working


def test_one_address_gets_three_mails_a_day_and_the_others_later():
    stories = [asked() for _ in range(5)]

    assert {story.status for story in stories} == {"awaiting_guardian"}
    assert mails().count() == 3
    assert guardian_requests.remind() == 0  # still the same day
    limits.forget("guardian mail", GUARDIAN)
    assert guardian_requests.remind() == 2
    assert mails().count() == 5


def test_a_story_without_an_address_waits():
    assert asked(guardian_email="").status == "awaiting_guardian"
    assert guardian_requests.remind() == 0


def test_another_address_gets_a_link_and_the_first_one_ends():
    story = asked()

    guardian_requests.ask_another(story, name="Pam Parent", email="PAM@example.org")

    assert Mail.objects.filter(to="pam@example.org").count() == 1
    assert AccessToken.objects.live().get(purpose="guardian").email == "pam@example.org"
    with pytest.raises(ValidationError):
        guardian_requests.ask_another(story, name="Me", email=story.contributor.email)
