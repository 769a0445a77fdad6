"""What may be done with a story, and in whose name it stands: chosen anew at any time."""

import pytest
from django.test import Client
from django.utils import timezone

from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from stories import changes
from stories.consent import consent
from stories.models import Consent, ConsentVersion, Contributor, Story, StoryIndex, WordingLine
from tests import make_stories as told
from tests.stories.my_stories.test_access import address, key_for

pytestmark = pytest.mark.django_db


def post(story, page="consent", **data):
    if page == "consent":
        data = {"wording": str(ConsentVersion.objects.current().number)} | data
    return Client().post(address(page, story, key_for(story)), data)


def consent_page(story):
    return Client().get(address("consent", story, key_for(story))).content.decode()


def boxes(*purposes):
    return dict.fromkeys(purposes, "on")


def another_wording():
    made = ConsentVersion.objects.create(
        number=2,
        licence="New words.",
        licence_for_children="New.",
        what_changed="Print too.",
        used_since=timezone.now(),
    )
    for line in WordingLine.objects.filter(wording__number=1):
        line.pk, line.wording = None, made
        line.save()
    return made


def test_the_boxes_are_ticked_as_they_hold_now():
    page = consent_page(told.story(allowed=("site", "museum")))

    assert page.count(" checked") == 2
    assert "you keep the copyright" in page


def test_each_answer_is_written_down_with_its_words():
    story = told.story(allowed=("site",))

    response = post(story, **boxes("site", "press"))

    assert (response.status_code, "done=chosen" in response.url) == (302, True)
    assert consent.allowed(story) == {"site", "press"}
    newest = Consent.objects.order_by("-pk")[:5]
    assert {line.by for line in newest} == {"teller"}
    assert all("copyright" in line.words_shown for line in newest)
    assert AuditEvent.objects.filter(action="consent").count() == 2


def test_a_double_click_writes_it_once():
    story = told.story(allowed=("site",))

    for _ in range(3):
        post(story, **boxes("site", "press"))

    assert Consent.objects.count() == 10


def test_answering_newer_words_ends_the_asking():
    story = told.story(allowed=("site",))
    new = another_wording()
    story.contributor.asked_wording, story.contributor.asked_at = new, timezone.now()
    story.contributor.save()
    assert "Print too." in consent_page(story)

    post(story, **boxes("site"))

    contributor = Contributor.objects.get()
    assert (contributor.asked_wording, contributor.asked_at) == (None, None)
    assert Consent.objects.latest("pk").wording == new


def test_what_was_read_in_older_words_is_asked_again():
    story = told.story(allowed=("site",))
    another_wording()

    response = post(story, wording="1", **boxes("site", "press"))

    assert response.status_code == 200
    assert "have changed since you opened it" in response.content.decode()
    assert consent.allowed(story) == {"site"}
    assert response.content.decode().count(" checked") == 2


@pytest.mark.parametrize("status", ["published", "approved", "scheduled"])
def test_whoever_unticks_this_site_is_asked_once_more_and_then_it_is_taken_back(status):
    story = told.story(status=status, allowed=("site", "press"))

    response = post(story, **boxes("press"))
    assert response.status_code == 200
    assert "off the site" in response.content.decode()
    assert Story.objects.get().status == status
    assert consent.allowed(story) == {"site", "press"}

    response = post(story, sure="", **boxes("press"))
    assert "done=withdrawn" in response.url
    assert Story.objects.get().status == "withdrawn"
    assert not StoryIndex.objects.exists()
    assert consent.allowed(story) == {"press"}


def test_of_what_is_not_public_it_is_only_noted():
    story = told.story(status="submitted")

    assert "done=chosen" in post(story).url

    assert Story.objects.get().status == "submitted"
    assert consent.allowed(story) == set()


def test_a_yes_can_be_taken_back_while_a_story_is_held():
    story = told.story(status="held")

    post(story)

    assert consent.allowed(story) == set()
    assert Story.objects.get().status == "held"


def test_for_a_child_the_adult_answers_in_a_childs_words():
    story = told.story(age="under-13")
    assert "You are only lending it to us" in consent_page(story)

    post(story, **boxes("site", "print"))

    assert Consent.objects.latest("pk").by == "adult"


def teenager(**fields):
    story = told.story(
        age="13-17", guardian_email="pat@example.org", guardian_confirmed_at=timezone.now(), allowed=("site",), **fields
    )
    said = {"wording": ConsentVersion.objects.current(), "is_child": True}
    consent.answer(story, ["site"], by=Consent.By.GUARDIAN, purposes=["site"], **said)
    return story


def test_what_a_young_person_adds_holds_when_a_parent_says_yes():
    story = teenager()

    response = post(story, **boxes("site", "press"))

    assert "done=asked" in response.url
    assert consent.allowed(story) == {"site"}
    assert Mail.objects.get(to="pat@example.org").subject == "Please look at a choice about a story"
    assert "Your parent or guardian has not said yes to: In the press." in consent_page(story)


def test_a_young_person_takes_a_yes_back_alone():
    story = teenager()

    post(story, sure="")

    assert consent.allowed(story) == set()
    assert Story.objects.get().status == "withdrawn"
    assert not Mail.objects.filter(to="pat@example.org").exists()


@pytest.mark.parametrize("data", [{"site": "\0"}, {"wording": "\0"}, {"wording": "9" * 5000}, {"site": ["a", "b"]}])
def test_odd_answers_are_no_error(data):
    assert post(told.story(), **data).status_code in (200, 302)


def shown():
    return StoryIndex.objects.get().told_by


def name(story, shown_as, full_name="Tess Teller", pen_name=""):
    return post(story, "name", shown_as=shown_as, full_name=full_name, pen_name=pen_name)


@pytest.mark.parametrize(("shown_as", "then"), [("none", ""), ("first", "Tess")])
def test_less_of_a_name_holds_at_once(shown_as, then):
    story = told.story(shown_as="full")

    response = name(story, shown_as)

    assert "done=named" in response.url
    assert shown() == then
    assert story.versions.count() == 1


@pytest.mark.parametrize(
    ("now", "wanted", "meanwhile", "after"),
    [
        ("first", ("full",), "Tess", "Tess Teller"),
        ("none", ("first",), "", "Tess"),
        ("full", ("pen", "Tess Teller", "Rail Rosie"), "", "Rail Rosie"),
        ("first", ("pen", "Tess Teller", "Rail Rosie"), "", "Rail Rosie"),
        ("pen", ("full",), "Old Pen", "Tess Teller"),
        ("pen", ("pen", "Tess Teller", "New Pen"), "Old Pen", "New Pen"),
        ("full", ("full", "Tessa Teller"), "Tess Teller", "Tessa Teller"),
        ("full", ("first", "Tessa Teller"), "Tess", "Tessa"),
    ],
)
def test_more_of_a_name_or_another_waits_to_be_read(cast, now, wanted, meanwhile, after):
    story = told.story(shown_as=now, pen_name="Old Pen" if now == "pen" else "")

    response = name(story, *wanted)

    assert "done=named-later" in response.url
    assert shown() == meanwhile
    version = changes.begun(story)
    changes.send(version)
    assert shown() == meanwhile
    changes.take("show", version, by=cast.moderator)
    assert shown() == after


def test_a_name_of_what_is_not_public_is_read_with_it():
    story = told.story(status="in_review")
    before = Story.objects.get().modified_at

    name(story, "pen", pen_name="Rail Rosie")

    assert Contributor.objects.get().shown_name == "Rail Rosie"
    assert Story.objects.get().modified_at > before


def test_a_child_never_shows_a_surname():
    story = told.story(age="under-13", shown_as="first")

    assert name(story, "full").status_code == 200
    assert shown() == "Tess"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose how your name should appear"),
        ({"shown_as": "pen"}, "Write the name you choose"),
        ({"shown_as": "full"}, "Write your name"),
        ({"shown_as": "pen", "pen_name": "www.buy-this.com"}, "without an address"),
        ({"shown_as": "king"}, "Choose one of these"),
        ({"shown_as": "pen", "pen_name": "\0"}, "Write the name you choose"),
        ({"shown_as": "pen", "pen_name": "x" * 61}, "room for 60"),
    ],
)
def test_what_is_wrong_with_a_name_is_said(data, words):
    response = post(told.story(), "name", **data)

    assert response.status_code == 200
    assert words in response.content.decode()
    assert shown() == "Tess Teller"


def test_while_it_is_got_ready_only_less_is_shown():
    story = told.story(status="scheduled", shown_as="first")

    assert name(story, "full").status_code == 200
    name(story, "none")
    assert Contributor.objects.get().shown_name == ""
