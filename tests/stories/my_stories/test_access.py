"""Who may open the pages of a story: its teller, by a link or signed in, and nobody else."""

import uuid

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from stories.models import Erasure, Story
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db

# Each page, and whether it takes a POST alone.
PAGES = {
    "story": False, "change": False, "change_pictures": False, "change_check": False, "drop": True, "name": False,
    "consent": False, "guardian": False, "keep_informed": True, "go_on": True, "withdraw": False, "bring_back": False,
    "erase": False, "download": False,
}  # fmt: skip


def key_for(story, purpose=AccessToken.Purpose.MY_STORY, **fields):
    return token_links.make(purpose, story, **{"days": 90, "email": story.contributor.email} | fields)[0]


def address(name, story, key=""):
    path = reverse(f"my_stories:{name}", args=[story.slug])
    return f"{path}?key={key}" if key else path


@pytest.fixture
def story():
    return told.story()


def proved(person, address):
    EmailAddress.objects.create(user=person, email=address, verified=True, primary=True)
    return person


def owners(story):
    """Each way in that is theirs: a client and a key."""
    by_account = make.user()
    story.contributor.account = by_account
    story.contributor.save()
    by_address = proved(make.user(), story.contributor.email)
    return {
        "key": (Client(), key_for(story)),
        "account": (make.signed_in(by_account), ""),
        "address": (make.signed_in(by_address), ""),
    }


def others(story):
    partner = make.partner()
    typed_in = make.user()
    story.partner, story.entered_by = partner, typed_in
    story.save()
    another = told.story()
    teller = proved(make.user(), another.contributor.email)
    another.contributor.account = teller
    another.contributor.save()
    unproved = make.user()
    EmailAddress.objects.create(user=unproved, email=story.contributor.email, verified=False)
    ended, revoked = key_for(story, days=-1), key_for(story)
    token_links.revoke_all(AccessToken.Purpose.MY_STORY, story)
    return {
        "anyone": (Client(), ""),
        "another teller": (make.signed_in(teller), ""),
        "another teller’s key": (Client(), key_for(another)),
        "the key of another page": (Client(), key_for(story, AccessToken.Purpose.GO_ON)),
        "the key of a call with the same number": (Client(), key_for_something_else(story)),
        "an ended key": (Client(), ended),
        "a revoked key": (Client(), revoked),
        "no key at all": (Client(), "nonsense"),
        "a hostile key": (Client(), "%00%ff'\"<>..%2f"),
        "a member of the partner": (make.signed_in(make.member(partner).person), ""),
        "whoever typed it in": (make.signed_in(typed_in), ""),
        "an address that was not proved": (make.signed_in(unproved), ""),
        "a moderator": (make.signed_in(make.staff("Moderator")), ""),
        "an administrator": (make.signed_in(make.staff("Administrator")), ""),
    }


def key_for_something_else(story):
    call = told.call(pk=story.pk)
    return token_links.make(AccessToken.Purpose.MY_STORY, call, days=1, email=story.contributor.email)[0]


@pytest.mark.parametrize("page", PAGES)
def test_its_teller_opens_each_page(page):
    for way, (client, key) in owners(told.story()).items():
        story = Story.objects.latest("pk")
        response = client.get(address(page, story, key))

        assert response.status_code == (405 if PAGES[page] else 302 if response.status_code == 302 else 200), way
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "same-origin"
        response.getvalue()


@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_opens_or_does_anything(page, story):
    before = list(Story.objects.values("pk", "status", "modified_at"))
    for who, (client, key) in others(story).items():
        before = list(Story.objects.order_by("pk").values())
        for answer in (
            client.get(address(page, story, key)),
            client.post(address(page, story, key), {"sure": "on", "wording": "1", "shown": "x"}),
        ):
            assert answer.status_code == 404, who
            assert b"Send me a link" in answer.content, who
            assert story.latest.title.encode() not in answer.content, who
        assert list(Story.objects.order_by("pk").values()) == before, who
    assert not Erasure.objects.exists()


def test_what_is_not_there_looks_like_what_is_not_theirs(story, client):
    def page(slug):
        content = client.get(f"/my-stories/{slug}/?key=x").content.decode()
        return content.replace(slug, "").partition('name="shown_at"')[0]

    assert page(story.slug) == page("nothing-like-it")


def test_a_picture_of_theirs_is_seen_by_them_alone(story):
    picture = told.picture(story)
    for who, (client, key) in others(story).items():
        path = reverse("my_stories:picture", args=[story.slug, picture.key, "preview.jpg"])
        assert client.get(path, {"key": key} if key else {}).status_code == 404, who


def test_a_picture_of_another_story_is_not_found(story, client):
    picture = told.picture(told.story())

    for key in (picture.key, uuid.uuid4()):
        path = reverse("my_stories:picture", args=[story.slug, key, "preview.jpg"])
        assert client.get(path, {"key": key_for(story)}).status_code == 404


def test_an_address_that_was_never_confirmed_for_the_story_opens_nothing():
    story = told.story(status="awaiting_address")
    person = proved(make.user(), story.contributor.email)

    assert make.signed_in(person).get(address("story", story)).status_code == 404
    story.contributor.email_verified_at = timezone.now()
    story.contributor.save()
    assert make.signed_in(person).get(address("story", story)).status_code == 200


def test_an_old_link_leads_whoever_is_signed_in_to_their_page(story):
    client, _ = owners(story)["account"]

    response = client.get(address("withdraw", story, "old"))

    assert (response.status_code, response.url) == (302, address("withdraw", story))


def test_with_an_account_forms_are_guarded(story):
    client, _ = owners(story)["account"]
    guarded = Client(enforce_csrf_checks=True)
    guarded.cookies = client.cookies

    assert guarded.post(address("withdraw", story)).status_code == 403
    story.refresh_from_db()
    assert story.status == "published"


def test_with_a_key_no_cookie_is_needed(story):
    client = Client(enforce_csrf_checks=True)
    key = key_for(story)

    for page in ("story", "withdraw", "erase", "consent", "name"):
        client.get(address(page, story, key))
    response = client.post(address("withdraw", story, key))

    story.refresh_from_db()
    assert (response.status_code, story.status) == (302, "withdrawn")
    assert not client.cookies


def test_looking_does_nothing(story):
    before = list(Story.objects.values())
    for page, is_post in PAGES.items():
        if not is_post:
            Client().get(address(page, story, key_for(story))).getvalue()

    assert list(Story.objects.values()) == before
    assert story.versions.count() == 1


def test_a_sample_has_no_teller(client):
    story = told.story(way="sample")
    key, _ = token_links.make(AccessToken.Purpose.MY_STORY, story, days=1)

    assert client.get(address("story", story, key)).status_code == 404
