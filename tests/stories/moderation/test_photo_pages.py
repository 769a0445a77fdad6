"""One picture of a story, for staff."""

import datetime

import pytest
from django.utils import timezone

from cms.audit.models import AuditEvent
from stories.models import DepictedPerson, Override, StoryIndex, StoryPicture
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db


def address(picture):
    return f"/admin/stories/story/{picture.story_id}/pictures/{picture.pk}/"


def people(*rows, known=0):
    sent = {"step": "people", "people-TOTAL_FORMS": len(rows), "people-INITIAL_FORMS": known}
    for number, row in enumerate(rows):
        sent |= {f"people-{number}-{name}": value for name, value in row.items()}
    return sent


@pytest.fixture
def picture(db):
    return told.picture(told.story(), has_people=True, people=[{"is_child": True, "consent": "yes"}])


def hidden(picture):
    picture.refresh_from_db()
    return picture.is_hidden


def test_it_is_hidden_with_a_reason_and_shown_again(browse, picture):
    client = browse("moderator")

    assert client.post(address(picture), {"step": "hide", "hide-why": ""}).context["is_wrong"]
    assert not hidden(picture)
    client.post(address(picture), {"step": "hide", "hide-why": "Her mother rang."})
    assert hidden(picture)
    assert StoryIndex.objects.get().cover is None
    assert "Her mother rang." in client.get(address(picture)).content.decode()
    client.post(address(picture), {"step": "show"})
    assert not hidden(picture)


def test_what_somebody_said_on_the_telephone_is_noted_without_their_name_in_the_record(browse, picture):
    (person,) = picture.people.all()
    row = {"id": person.pk, "name": "Amy", "is_child": "on", "consent": "refused", "until": ""}

    browse("moderator").post(address(picture), people(row, {"name": "Nan", "consent": "yes"}, known=1))

    assert sorted(picture.people.values_list("name", "consent")) == [("Amy", "refused"), ("Nan", "yes")]
    assert not StoryPicture.objects.showable().filter(pk=picture.pk).exists()
    line = AuditEvent.objects.filter(action="story_picture").earliest("pk")
    assert line.new["Said no"] == 1
    assert "Amy" not in f"{line.old}{line.new}{line.note}"


def test_odd_people_are_refused_in_words(browse, picture):
    (person,) = picture.people.all()
    client = browse("moderator")
    for sent in (
        people({"id": person.pk, "name": "", "consent": "x", "until": "never"}, known=1),
        people({"id": 99999, "name": "Somebody", "consent": "yes"}, known=1),
        {"step": "people", "people-TOTAL_FORMS": "9999999", "people-INITIAL_FORMS": "x"},
        {"step": "people"},
    ):
        response = client.post(address(picture), sent)
        assert response.status_code == 200
        assert response.context["is_wrong"]
    assert picture.people.get().name == "My sister"


def test_people_of_another_picture_cannot_be_changed_here(browse, picture):
    other = told.picture(told.story(), people=[{"name": "Other"}]).people.get()

    browse("moderator").post(address(picture), people({"id": other.pk, "name": "Mine", "consent": "yes"}, known=1))

    assert DepictedPerson.objects.get(pk=other.pk).name == "Other"


def test_only_an_administrator_sets_the_rule_aside_and_says_why(browse, cast, picture):
    picture.people.update(consent="not_asked")
    sent = {"step": "override", "override-why": "Her father signed on paper: folder 3."}

    assert browse("moderator").post(address(picture), sent).status_code == 403
    assert browse("administrator").post(address(picture), {"step": "override"}).context["is_wrong"]
    assert not Override.objects.exists()
    browse("administrator").post(address(picture), sent)

    assert Override.objects.get().by == cast.administrator
    assert StoryPicture.objects.public().get() == picture
    assert "folder 3" in browse("moderator").get(address(picture)).content.decode()
    browse("administrator").post(address(picture), {"step": "end_override"})
    assert not StoryPicture.objects.public().exists()


def test_whoever_sets_the_rule_aside_shows_again_who_they_are(client, cast, picture):
    client.force_login(cast.administrator)
    session = client.session
    for method in session["account_authentication_methods"]:
        method["at"] = 0
    session.save()

    response = client.post(address(picture), {"step": "override", "override-why": "They agree."})

    assert response.status_code == 302
    assert "reauthenticate" in response.url
    assert not Override.objects.exists()


def test_nobody_decides_about_a_picture_of_their_own_but_anybody_may_hide_it(browse, cast):
    picture = told.picture(
        told.story(account=cast.administrator), has_people=True, people=[{"is_child": True, "consent": "refused"}]
    )
    client, person = browse("administrator"), picture.people.get()

    client.post(address(picture), people({"id": person.pk, "name": "Amy", "is_child": "on", "consent": "yes"}, known=1))
    client.post(address(picture), {"step": "override", "override-why": "I say so."})

    assert picture.people.get().consent == "refused"
    assert not Override.objects.exists()
    client.post(address(picture), {"step": "hide", "hide-why": "Later."})
    assert hidden(picture)
    client.post(address(picture), {"step": "show"})
    assert hidden(picture)


@pytest.mark.parametrize(("who", "answer"), [("anyone", 403), ("stranger", 403), ("writer", 403), ("editor", 403)])
def test_others_change_nothing(browse, picture, who, answer):
    assert browse(who).post(address(picture), {"step": "hide", "hide-why": "No."}).status_code == answer
    assert not hidden(picture)


def test_a_picture_of_another_story_is_not_found_here(browse, picture):
    other = told.story()

    assert browse("administrator").get(f"/admin/stories/story/{other.pk}/pictures/{picture.pk}/").status_code == 404


def test_its_yes_ends_on_a_day(browse, picture):
    (person,) = picture.people.all()
    yesterday = (timezone.localdate() - datetime.timedelta(days=2)).isoformat()
    row = {"id": person.pk, "name": "Amy", "is_child": "on", "consent": "yes", "until": yesterday}

    browse("moderator").post(address(picture), people(row, known=1))

    assert not StoryPicture.objects.public().exists()


def test_a_limited_moderator_finds_no_picture(client, picture):
    client.force_login(make.staff("Moderator", is_limited=True))

    assert client.get(address(picture)).status_code == 404
