"""A partner's stories at its desk: who sees what, telling one for somebody, and answering a moderator."""

import re
import uuid

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from cms.audit.models import AuditEvent
from stories import changes, workflow
from stories.models import Story
from stories.workflow import Role
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return make.partner(name="Youth Club", slug="youth-club")


@pytest.fixture
def person(partner):
    return make.member(partner, role="contributor", person=make.user(name="Cara Contributor")).person


@pytest.fixture
def desk(person):
    return signed_in(person)


def signed_in(person, **options):
    client = Client(**options)
    client.force_login(person)
    return client


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


LIST = "/desk/youth-club/stories/"


def sent_by(partner, **fields):
    return told.story(**{"way": "partner", "partner": partner, "status": "submitted"} | fields)


def asked(partner, **fields):
    return sent_by(partner, status="change_asked", words="Please leave out the house number.", **fields)


CHANGED = {"title": "A new title", "text": "Without the number.", "language": "en"}


# The list


def test_an_empty_list_says_so_and_offers_to_tell_one(desk):
    response = desk.get(LIST)

    assert response.status_code == 200
    assert "There are none yet." in words(response)
    assert "Tell a story for somebody" in words(response)
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("status", [value for value in Story.Status.values if value != "draft"])
def test_each_state_is_said_in_words_and_its_page_opens(desk, partner, status):
    story = sent_by(partner, status=status, words="So.")

    for address in (LIST, f"{LIST}{story.pk}/"):
        response = desk.get(address)
        assert response.status_code == 200
        assert "safeguarding" not in words(response).lower()


@pytest.mark.parametrize("status", ["withdrawn", "held"])
def test_what_is_taken_back_or_held_is_not_named(desk, partner, status):
    story = sent_by(partner, status=status, title="The secret title", text="Secret words")

    for address in (LIST, f"{LIST}{story.pk}/"):
        page = desk.get(address).content.decode()
        assert "ecret" not in page
        assert "Tess" not in page


def test_a_hidden_name_and_an_address_are_hidden_from_the_partner_too(desk, partner):
    story = asked(partner, full_name="Hidden Person", shown_as="pen", pen_name="Robin", email="hidden@example.org")

    for address in (LIST, f"{LIST}{story.pk}/"):
        page = desk.get(address).content.decode()
        assert "Robin" in page
        assert "Hidden Person" not in page
        assert "hidden@example.org" not in page


def test_a_draft_is_seen_only_by_whoever_began_it(desk, partner, person):
    mine = sent_by(partner, status="draft", entered_by=person, title="Mine so far")
    theirs = sent_by(partner, status="draft", entered_by=make.member(partner).person, title="A colleague’s")

    page = words(desk.get(LIST))

    assert "Mine so far" in page
    assert "Go on writing" in page
    assert "A colleague’s" not in page
    assert desk.get(f"{LIST}{mine.pk}/").status_code == 200
    assert desk.get(f"{LIST}{theirs.pk}/").status_code == 404


def test_of_what_it_did_not_send_it_sees_only_what_is_public(desk, partner):
    public = told.story(partner=partner, title="For everybody")
    hidden = [told.story(partner=partner, status=status, title="Not theirs", words="So.")
              for status in Story.Status.values if status != "published"]  # fmt: skip

    assert "For everybody" in words(desk.get(LIST))
    assert "Not theirs" not in words(desk.get(LIST))
    assert desk.get(f"{LIST}{public.pk}/").status_code == 200
    assert {desk.get(f"{LIST}{story.pk}/").status_code for story in hidden} == {404}


def test_of_a_public_story_it_sees_the_words_that_readers_see(desk, partner):
    story = told.story(partner=partner, way="partner", title="As it is shown")
    told.version(story, title="Changed by its teller")

    page = words(desk.get(LIST))

    assert "As it is shown" in page
    assert "Changed by its teller" not in page


@pytest.mark.parametrize("rows", [1, 15])
def test_the_list_asks_the_same_few_questions(desk, partner, django_assert_max_num_queries, rows):
    for _ in range(rows):
        sent_by(partner)
    desk.get(LIST)

    with django_assert_max_num_queries(10):
        desk.get(LIST)


def test_it_has_pages_and_what_waits_for_them_comes_first(desk, partner):
    waits = asked(partner, title="This one waits")
    for _ in range(25):
        sent_by(partner)

    first, second = desk.get(LIST), desk.get(f"{LIST}?page=2")

    assert words(first).index("This one waits") < words(first).index("With the council’s team")
    assert "Page 1 of 2" in words(first)
    assert f"/{waits.pk}/" not in second.content.decode()
    assert desk.get(f"{LIST}?page=x").status_code == 200


# Who


PLACES = ["", "tell/", "{pk}/", "{pk}/pictures/", "{pk}/check/", "{pk}/pictures/{key}/preview.jpg"]


@pytest.mark.parametrize("place", PLACES)
def test_another_partners_anything_is_not_found(partner, cast, place):
    story = asked(partner)
    picture = told.picture(story)
    elsewhere = make.member(make.partner()).person
    left = make.member(partner, ended_at=timezone.now()).person
    address = LIST + place.format(pk=story.pk, key=picture.key)

    for someone in (elsewhere, left, cast.stranger, cast.moderator, cast.administrator):
        assert signed_in(someone).get(address).status_code in (404, 405)
        assert signed_in(someone).post(address, CHANGED).status_code in (404, 405)
    assert Story.objects.get().status == "change_asked"
    assert story.versions.count() == 1


@pytest.mark.parametrize("place", PLACES)
def test_a_story_of_another_partner_is_not_found_at_ones_own_desk(desk, place):
    other = asked(make.partner())
    picture = told.picture(other)
    if "pk" not in place:
        return

    address = LIST + place.format(pk=other.pk, key=picture.key)
    assert desk.get(address).status_code == 404
    assert desk.post(address, CHANGED).status_code in (404, 405)


@pytest.mark.parametrize("place", PLACES)
def test_whoever_is_not_signed_in_is_led_to_the_door(client, partner, place):
    story = asked(partner)
    address = LIST + place.format(pk=story.pk, key=uuid.uuid4())

    response = client.get(address)

    assert response.status_code in (302, 405)
    assert client.post(address).status_code in (302, 405)
    answer = client.post(address, CHANGED)
    assert answer.status_code in (403, 405)
    if answer.status_code == 403:  # to be sent again by whoever signs in
        assert CHANGED["text"] in answer.text


@pytest.mark.parametrize("number", [0, 10**18, 10**30])
def test_a_number_that_is_no_storys_is_not_found(desk, number):
    assert desk.get(f"{LIST}{number}/").status_code == 404


# Telling one


def test_telling_one_begins_a_story_of_the_partner(desk, partner, person):
    response = desk.post(f"{LIST}tell/")

    story = Story.objects.get()
    assert (story.way, story.partner, story.entered_by, story.status) == ("partner", partner, person, "draft")
    assert response.headers["Location"] == "/tell/story/"
    assert settings.DRAFT_COOKIE_NAME in response.cookies


def test_an_empty_one_is_not_begun_twice(desk):
    for _ in range(3):
        desk.post(f"{LIST}tell/")

    assert Story.objects.count() == 1


def test_looking_at_the_button_begins_nothing(desk):
    assert desk.get(f"{LIST}tell/").status_code == 405
    assert not Story.objects.exists()


def test_going_on_with_ones_own_draft_opens_it(desk, partner, person):
    story = sent_by(partner, status="draft", entered_by=person, title="So far")

    response = desk.post(f"{LIST}tell/", {"draft": story.pk})

    assert response.headers["Location"] == "/tell/story/"
    assert "So far" in desk.get("/tell/story/").content.decode()


@pytest.mark.parametrize("draft", ["", "x", "0", "-1", "9" * 30, "٣"])
def test_a_draft_that_is_not_theirs_is_not_found(desk, partner, draft):
    colleagues = sent_by(partner, status="draft", entered_by=make.member(partner).person)

    assert desk.post(f"{LIST}tell/", {"draft": draft}).status_code == 404
    assert desk.post(f"{LIST}tell/", {"draft": colleagues.pk}).status_code == 404


def test_another_site_begins_nothing(person):
    assert signed_in(person, enforce_csrf_checks=True).post(f"{LIST}tell/").status_code == 403


# Answering


def test_what_the_moderator_asks_is_shown_with_the_words_to_change(desk, partner):
    story = asked(partner, title="Our street")

    response = desk.get(f"{LIST}{story.pk}/")

    assert "Please leave out the house number." in words(response)
    assert 'value="Our street"' in response.content.decode()
    assert story.versions.count() == 1


def test_it_is_changed_looked_at_and_sent_back(desk, partner, person):
    story = asked(partner, title="Our street")

    saved = desk.post(f"{LIST}{story.pk}/", CHANGED | {"check": ""})
    assert saved.headers["Location"] == f"{LIST}{story.pk}/check/"
    assert Story.objects.get().status == "change_asked"
    assert "A new title" in words(desk.get(saved.headers["Location"]))

    sent = desk.post(f"{LIST}{story.pk}/check/")
    story.refresh_from_db()
    assert sent.headers["Location"] == LIST
    assert (story.status, story.latest.title, story.latest.by) == ("submitted", "A new title", person)
    assert "With the council’s team" in words(desk.get(LIST))


def test_the_record_says_who_answered_and_consent_stays_as_it_was(desk, partner, person):
    story = asked(partner)
    before = list(story.consents.values_list("pk", "purpose", "is_given"))

    desk.post(f"{LIST}{story.pk}/", CHANGED)
    desk.post(f"{LIST}{story.pk}/check/")

    line = AuditEvent.objects.filter(action="story", by=person).get()
    assert line.by_words == "Cara Contributor, for Youth Club"
    assert list(story.consents.values_list("pk", "purpose", "is_given")) == before
    assert "A new title" not in " ".join(str(vars(event)) for event in AuditEvent.objects.all())


def test_what_is_missing_is_said_and_what_was_typed_stays(desk, partner):
    story = asked(partner)

    response = desk.post(f"{LIST}{story.pk}/", CHANGED | {"title": "", "text": "These words stay."})

    assert response.status_code == 200
    assert "Error:" in response.content.decode()
    assert "These words stay." in response.content.decode()


def test_its_pictures_are_changed_too(desk, partner):
    story = asked(partner)
    picture = told.picture(story, description="")
    desk.post(f"{LIST}{story.pk}/", CHANGED)
    use = changes.begun(story).pictures.get()

    page = desk.get(f"{LIST}{story.pk}/pictures/")
    assert f"{LIST}{story.pk}/pictures/{picture.key}/preview.jpg" in page.content.decode()
    assert "csrfmiddlewaretoken" in page.content.decode()

    desk.post(f"{LIST}{story.pk}/pictures/", {f"p{use.pk}-description": "A tram in the rain", "do": "save"})

    use.refresh_from_db()
    assert use.description == "A tram in the rain"


def with_file(picture):
    picture.preview.save("small.jpg", ContentFile(b"a picture"))
    return picture


def test_its_pictures_are_seen_while_it_is_answered_for_and_by_no_other(desk, partner):
    theirs, sent = with_file(told.picture(asked(partner))), with_file(told.picture(sent_by(partner)))
    another = with_file(told.picture(asked(make.partner())))

    def seen(story, picture):
        response = desk.get(f"{LIST}{story.pk}/pictures/{picture.key}/preview.jpg")
        b"".join(response)  # so that its file is closed
        return response.status_code

    assert seen(theirs.story, theirs) == 200
    assert seen(sent.story, sent) == 404
    assert seen(another.story, another) == 404
    assert seen(theirs.story, another) == 404


def test_before_a_change_is_begun_there_are_no_pictures_and_nothing_to_send(desk, partner):
    story = asked(partner)

    for part in ("pictures", "check"):
        assert desk.get(f"{LIST}{story.pk}/{part}/").headers["Location"] == f"{LIST}{story.pk}/"
        assert desk.post(f"{LIST}{story.pk}/{part}/").headers["Location"] == f"{LIST}{story.pk}/"
    assert Story.objects.get().status == "change_asked"


@pytest.mark.parametrize("status", ["submitted", "in_review", "approved", "scheduled", "published", "declined", "held",
                                    "withdrawn", "removed"])  # fmt: skip
def test_nothing_is_changed_where_nobody_asks(desk, partner, status):
    story = sent_by(partner, status=status, words="So.")
    picture = told.picture(story)

    response = desk.post(f"{LIST}{story.pk}/", CHANGED, follow=True)

    assert "Nothing was sent" in words(response)
    assert story.versions.count() == 1
    assert desk.post(f"{LIST}{story.pk}/check/").status_code == 302
    assert desk.get(f"{LIST}{story.pk}/pictures/{picture.key}/preview.jpg").status_code == 404
    assert Story.objects.get().status == status


def test_a_story_of_another_way_is_not_answered_by_the_partner(desk, partner):
    story = told.story(partner=partner, status="change_asked")

    assert desk.post(f"{LIST}{story.pk}/", CHANGED).status_code == 404
    assert story.versions.count() == 1


def test_whoever_is_slower_is_told_so(desk, partner):
    story = asked(partner)
    desk.post(f"{LIST}{story.pk}/", CHANGED)
    workflow.take("withdraw", story, by=Role.TELLER)

    response = desk.post(f"{LIST}{story.pk}/check/", follow=True)

    assert Story.objects.get().status == "withdrawn"
    assert "Taken back by its teller" in words(response)


@pytest.mark.parametrize("odd", ["\0", "\ud800".encode("utf-16", "surrogatepass"), "💣" * 300, "x" * 50_000])
def test_odd_words_never_break_it(desk, partner, odd):
    story = asked(partner)

    assert desk.post(f"{LIST}{story.pk}/", CHANGED | {"text": odd, "place": odd}).status_code < 500


# What the rest of the desk says


def test_the_overview_says_that_a_moderator_asks(desk, partner):
    assert "A moderator asks" not in words(desk.get("/desk/youth-club/"))

    asked(partner)
    assert "A moderator asks about a story" in words(desk.get("/desk/youth-club/"))

    asked(partner)
    asked(make.partner())
    told.story(partner=partner, status="change_asked")
    assert "Moderators ask about 2 stories" in words(desk.get("/desk/youth-club/"))


def test_what_happened_tells_of_stories_it_sent_and_of_no_other(desk, partner, cast):
    ours, other = sent_by(partner, status="in_review"), told.story(partner=partner, status="in_review")
    for story in (ours, other):
        workflow.take("ask", story, by=cast.moderator, note="The house number, please.")

    page = words(desk.get("/desk/youth-club/happened/"))

    assert page.count("A moderator asks about a story you sent.") == 1
    assert "house number" not in page
    assert "Mo Moderator" not in page


def test_what_happened_says_who_answered(desk, partner):
    story = asked(partner)
    desk.post(f"{LIST}{story.pk}/", CHANGED)
    desk.post(f"{LIST}{story.pk}/check/")

    assert "Cara Contributor answered a moderator about a story." in words(desk.get("/desk/youth-club/happened/"))
