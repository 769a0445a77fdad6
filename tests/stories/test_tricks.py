"""What somebody might try who wants more than is theirs: to decide about their own, to answer for a parent, to have
something shown that was refused."""

import datetime

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.outbox.models import Mail
from partners.models import ActingGrant
from stories import changes, display_name, workflow
from stories.consent import consent, guardian_requests
from stories.guardians import decision
from stories.models import Consent, ConsentVersion, Story, StoryIndex, WordingLine
from stories.my_stories import consent_views
from stories.workflow import Role
from tests import make
from tests import make_stories as told
from tests.stories.my_stories.test_access import address, key_for

pytestmark = pytest.mark.django_db

GUARDIAN = "pat.parent@example.org"
TEENAGER = {"age": "13-17", "guardian_email": GUARDIAN, "guardian_name": "Pat", "shown_as": "first"}


# Whose own it is


@pytest.mark.parametrize("typed", ["mo@home.example", "MO+stories@home.example"])
def test_whoever_has_two_addresses_does_not_approve_what_they_told_with_the_other(cast, typed):
    EmailAddress.objects.create(user=cast.moderator, email="mo@home.example", verified=True)
    story = told.story(status="in_review", email=typed)

    with pytest.raises(PermissionDenied):
        workflow.take("approve", story, by=cast.moderator)


def test_an_address_that_was_never_proved_keeps_nobody_from_deciding(cast):
    EmailAddress.objects.create(user=cast.moderator, email="mo@home.example", verified=False)

    assert not workflow.is_own(told.story(status="in_review", email="mo@home.example"), cast.moderator)


def test_a_parent_among_the_staff_does_not_approve_what_their_child_told(cast):
    fields = TEENAGER | {"guardian_email": cast.moderator.email, "guardian_confirmed_at": timezone.now()}

    assert workflow.is_own(told.story(status="in_review", **fields), cast.moderator)


def test_whoever_acts_for_a_partner_does_not_approve_what_it_sent(cast):
    partner = make.partner()
    in_an_hour = timezone.now() + datetime.timedelta(hours=1)
    acting = ActingGrant.objects.create(partner=partner, person=cast.administrator, why="Holiday", until=in_an_hour)
    story = told.story(status="in_review", way="partner", partner=partner)

    assert workflow.is_own(story, cast.administrator)
    acting.ended_at = timezone.now()
    acting.save()
    assert not workflow.is_own(story, cast.administrator)


def test_whoever_changed_its_words_for_a_partner_does_not_approve_them_after_they_left(cast):
    partner = make.partner()
    story = told.story(status="in_review", way="partner", partner=partner)
    story.latest.by = cast.moderator
    story.latest.save()

    assert workflow.is_own(story, cast.moderator)


# A parent's yes


def test_a_link_for_a_parent_never_goes_to_the_tellers_own_address():
    story = told.story(status="awaiting_guardian", **TEENAGER | {"email": GUARDIAN})

    assert not guardian_requests.ask(story)
    assert not Mail.objects.filter(to=GUARDIAN).exists()


def test_a_young_person_whose_parent_signed_a_paper_lets_us_do_no_more_alone():
    fields = TEENAGER | {"guardian_email": "", "guardian_confirmed_at": timezone.now()}
    story = told.story(way="table", allowed=(), **fields)
    wording = ConsentVersion.objects.current()
    consent.answer(story, {"site"}, wording=wording, by=Consent.By.STAFF, is_child=False)

    response = Client().post(
        address("consent", story, key_for(story)), {"wording": wording.number, "site": "on", "press": "on"}
    )

    assert consent.allowed(story) == {"site"}
    assert "done=paper" in response.url
    assert not Mail.objects.filter(subject__contains="choice").exists()
    page = Client().get(response.url).content.decode()
    assert "must sign" in page


def test_whoever_said_they_are_no_parent_gets_no_more_mails_from_that_teller():
    story = told.story(status="awaiting_guardian", **TEENAGER)
    guardian_requests.ask(story)
    text, _ = _guardian_key(story)
    decision.is_not_me(text)
    Mail.objects.all().delete()
    story.refresh_from_db()

    response = Client().post(address("guardian", story, key_for(story)), {"name": "Pat", "email": GUARDIAN.upper()})

    assert "not your parent" in response.content.decode()
    assert not Mail.objects.exists()


def _guardian_key(story):
    return token_links.make(AccessToken.Purpose.GUARDIAN, story, days=30, email=GUARDIAN)


def test_nobody_has_us_write_to_many_strangers_as_their_parents():
    story = told.story(status="awaiting_guardian", **TEENAGER)

    for number in range(12):
        fields = {"name": "Pat", "email": f"stranger{number}@example.org"}
        response = Client().post(address("guardian", story, key_for(story)), fields)

    assert Mail.objects.filter(to__startswith="stranger").count() == 5
    assert response.status_code == 200
    assert "tomorrow" in response.content.decode()


def test_a_parent_hears_when_what_they_said_yes_to_is_changed():
    story = told.story(status="submitted", **TEENAGER, guardian_confirmed_at=timezone.now())
    version = changes.begin(story)
    version.text = "Something else."
    version.save()

    changes.send(version)

    mail = Mail.objects.get(to=GUARDIAN)
    assert "changed" in mail.subject
    assert "Something else" not in mail.text
    assert "/guardian/?key=" in mail.text


def test_the_boxes_of_a_parent_are_not_ticked_beforehand():
    story = told.story(status="awaiting_guardian", allowed=("site", "press"), **TEENAGER)
    text, _ = _guardian_key(story)

    assert " checked" not in Client().get(f"/guardian/?key={text}").content.decode()


# What is ticked


def new_words():
    made = ConsentVersion.objects.create(
        number=2, licence="New.", licence_for_children="New.", what_changed="Films, too.", used_since=timezone.now()
    )
    for line in WordingLine.objects.filter(wording__number=1):
        line.pk, line.wording = None, made
        line.save()
    return made


def test_words_that_mean_something_else_are_not_ticked_beforehand():
    story = told.story(allowed=("site", "press"))
    new_words()

    page = Client().get(address("consent", story, key_for(story))).content.decode()

    assert " checked" not in page
    assert consent.allowed(story) == {"site", "press"}


# What staff may not have shown either


CHILD = {"is_child": True, "consent": "yes", "name": "Amy Small"}


def test_staff_do_not_publish_a_childs_full_name_in_a_note_before_a_story(browse):
    story = told.story()
    told.picture(story, people=[CHILD], has_people=True)
    story.refresh_from_db()
    fields = {
        "about-content_note": "About Amy Small.",
        "about-language": "en",
        "seen_at": story.modified_at.isoformat(),
    }

    response = browse("moderator").post(f"/admin/stories/story/{story.pk}/about/", fields)

    story.refresh_from_db()
    assert response.status_code == 200
    assert "full name" in response.content.decode()
    assert story.shown.content_note == ""
    assert not StoryIndex.objects.get().has_note


def test_staff_see_no_picture_of_a_change_that_is_being_written(browse):
    story = told.story()
    version = changes.begin(story)
    hidden = told.picture(story)
    hidden.uses.update(version=version)

    response = browse("moderator").get(f"/admin/stories/story/{story.pk}/pictures/{hidden.pk}/")

    assert response.status_code == 404


# What comes after what


def sent(story, text):
    version = changes.begin(story)
    version.text = text
    version.save()
    changes.send(version)
    version.refresh_from_db()
    return version


def test_a_change_that_waits_for_its_pictures_is_not_lost_when_a_later_one_is_thrown_away(cast):
    story = told.story(text="First.")
    first = changes.begin(story)
    slow = told.picture(story, widths=[])
    slow.uses.update(version=first)
    first.text = "Second."
    first.save()
    changes.send(first)
    changes.take("show", first, by=cast.moderator)
    third = sent(story, "Third.")
    changes.drop(third)

    slow.widths = [320]
    slow.save()
    first.refresh_from_db()
    changes.finish(first)

    story.refresh_from_db()
    assert story.shown == first
    assert story.latest == first
    assert changes.begin(story).text == "Second."


def test_a_name_is_not_changed_while_a_story_is_held():
    story = told.story()
    held = workflow.take("hold", Story.objects.get(pk=story.pk), by=Role.PORTAL)
    with pytest.raises(workflow.Impossible):
        consent_views._named(held, display_name.Named("none"))


def test_a_parent_who_answered_meanwhile_is_not_replaced_by_another():
    story = told.story(status="awaiting_guardian", **TEENAGER)
    text, _ = _guardian_key(story)
    stale = Story.objects.select_related("contributor").get(pk=story.pk)
    decision.agree(text, given=["site"], name="Pat Parent", relation="father")

    assert not guardian_requests.ask_another(stale, name="Someone", email="else@example.org")

    story.contributor.refresh_from_db()
    assert (story.contributor.guardian_name, story.contributor.guardian_email) == ("Pat Parent", GUARDIAN)
    assert decision.find(text) == story


def test_a_link_to_an_address_that_is_not_the_tellers_any_more_opens_nothing():
    story = told.story(email="old@example.org")
    key = key_for(story)
    story.contributor.email = "new@example.org"
    story.contributor.save()

    assert Client().get(address("story", story, key)).status_code == 404


def test_a_parent_says_yes_to_the_words_they_read():
    story = told.story(status="awaiting_guardian", allowed=("site",), **TEENAGER)
    text, _ = _guardian_key(story)
    page = Client().get(f"/guardian/?key={text}").content.decode()
    assert '<input type="hidden" name="wording" value="1">' in page
    consent.answer(story, {"site"}, wording=new_words(), by=Consent.By.TELLER, is_child=True)
    fields = {
        "answer": "yes",
        "wording": "1",
        "purpose_site": "on",
        "name": "Pat",
        "relation": "mum",
        "is_guardian": "on",
    }

    response = Client().post(f"/guardian/?key={text}", fields)

    assert response.status_code == 200
    assert "have changed since you opened" in response.content.decode()
    assert not Consent.objects.filter(by=Consent.By.GUARDIAN).exists()
