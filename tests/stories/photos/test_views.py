"""Who gets a picture of a story at which address, and for how long anybody may keep it."""

import uuid

import pytest
from django.contrib import auth
from django.http import Http404
from django.test import RequestFactory
from django.urls import reverse

from stories.models import Story, StoryPicture
from stories.photos import takedown, views
from stories.submit import drafts
from stories.workflow import Role
from tests import make_stories as told
from tests.stories.photos.test_upload import a_file, take

pytestmark = pytest.mark.django_db

NAMES = ["master.jpg", "preview.jpg", "320.avif", "320.jpg", "wide.jpg"]


@pytest.fixture
def story(run_jobs):
    """Published, with one picture whose files are there."""
    made = told.story()
    draft = told.version(made, state="writing")
    take(made, a_file())
    run_jobs()
    draft.pictures.update(version=made.shown, description="A tram in the rain")
    draft.delete()
    made.refresh_from_db()
    return made


def address(story, name="preview.jpg"):
    picture = story.pictures.get()
    return reverse("stories:picture", args=[picture.key, picture.version, name])


def content(response):
    found = b"".join(response.streaming_content)
    close(response)
    return found


def close(response):
    """Its file alone: to close all of it would close the connection of the test."""
    for closer in response._resource_closers:
        closer()


@pytest.mark.parametrize("name", NAMES)
def test_a_public_picture_is_kept_for_a_minute_without_a_cookie(client, story, name):
    response = client.get(address(story, name))

    assert response.status_code == 200
    assert content(response)
    assert response.headers["Cache-Control"] == "public, max-age=60, must-revalidate"
    assert response.headers["Content-Type"] == ("image/avif" if name.endswith("avif") else "image/jpeg")
    assert not response.cookies
    assert "cookie" not in response.headers.get("Vary", "").lower()
    again = client.get(address(story, name), headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_one_question_tells_whether_it_is_public(client, story, django_assert_num_queries):
    here = address(story)

    with django_assert_num_queries(1):
        response = client.get(here)
    close(response)


@pytest.mark.parametrize("name", ["999.jpg", "..", "x", "%00", "a" * 500])
def test_other_names_are_not_found(client, story, name):
    assert client.get(address(story).replace("preview.jpg", name)).status_code == 404


@pytest.mark.parametrize("status", ["draft", "submitted", "in_review", "approved", "withdrawn", "held", "removed"])
@pytest.mark.parametrize("name", ["anyone", "author", "writer", "editor", "moderator", "administrator"])
def test_what_is_not_public_is_at_its_public_address_for_nobody(browse, story, status, name):
    type(story).objects.filter(pk=story.pk).update(status=status, words="Why")

    response = browse(name).get(address(story))

    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", NAMES)
def test_a_withdrawn_picture_is_gone_at_each_address_even_for_who_has_it(client, story, name):
    first = client.get(address(story, name))
    tag = first.headers["ETag"]
    close(first)

    takedown.hide(story.pictures.get(), by=Role.PORTAL, why="Somebody on it asked us.")

    response = client.get(address(story, name), headers={"If-None-Match": tag})
    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"


def test_a_picture_that_only_a_waiting_change_shows_is_not_public(client, story):
    change = told.version(story)
    told.picture(story, description="New")
    new = change.pictures.get().picture

    assert client.get(reverse("stories:picture", args=[new.key, 1, "preview.jpg"])).status_code == 404


def test_nothing_is_posted_to_a_picture(client, story):
    assert client.post(address(story)).status_code == 405


def test_a_picture_without_its_file_is_not_found(client):
    assert client.get(address(_with_rows_alone())).status_code == 404


def _with_rows_alone():
    made = told.story()
    told.picture(made)
    return made


def of_staff(browse, name, story):
    """The view as the review has it, asked with the session of one of the cast."""
    client = browse(name)
    request = RequestFactory().get("/")
    request.session = client.session
    request.user = auth.get_user(request)
    return views.staff_picture(request, story.pictures.get().key, "preview.jpg")


@pytest.mark.parametrize("status", ["submitted", "in_review", "published", "declined", "held", "removed", "withdrawn"])
@pytest.mark.parametrize(
    ("name", "held"),
    [("author", None), ("writer", None), ("editor", False), ("moderator", False), ("administrator", True)],
)
def test_staff_who_may_read_a_story_see_its_pictures(browse, story, status, name, held):
    type(story).objects.filter(pk=story.pk).update(status=status, words="Why")
    may = held is not None and (status != "held" or held) and status != "withdrawn"

    if may:
        response = of_staff(browse, name, story)
        close(response)
        assert response.headers["Cache-Control"] == "no-store"
    else:
        with pytest.raises(Http404):
            of_staff(browse, name, story)


@pytest.mark.parametrize("status", ["draft", "awaiting_address", "awaiting_guardian"])
def test_staff_do_not_see_what_was_not_sent_to_them(browse, story, status):
    type(story).objects.filter(pk=story.pk).update(status=status)

    with pytest.raises(Http404):
        of_staff(browse, "administrator", story)


def test_staff_without_a_second_factor_see_none(cast, browse, story):
    cast.moderator.comes_without = True

    with pytest.raises(Http404):
        of_staff(browse, "moderator", story)


def test_staff_whose_rights_are_limited_see_none(cast, browse, story):
    cast.moderator.is_limited = True
    cast.moderator.save()

    with pytest.raises(Http404):
        of_staff(browse, "moderator", story)


def test_whoever_works_on_one_story_sees_its_pictures_and_no_others(story):
    view = views.of_one_story(lambda _, **kwargs: story if kwargs == {"slug": story.slug} else None)
    request = RequestFactory().get("/")
    key = story.pictures.get().key
    theirs = told.picture(told.story()).key

    seen = view(request, key=key, name="preview.jpg", slug=story.slug)
    close(seen)
    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "no-store")

    for wrong in (
        {"key": key, "slug": "other"},
        {"key": theirs, "slug": story.slug},
        {"key": uuid.uuid4(), "slug": story.slug},
    ):
        with pytest.raises(Http404):
            view(request, name="preview.jpg", **wrong)


def test_the_right_to_look_at_the_sites_own_pictures_opens_none(browse, story):
    StoryPicture.objects.update(is_hidden=True)
    picture = story.pictures.get()

    assert browse("editor").get(reverse("media:image", args=[picture.key, 1, "preview.jpg"])).status_code == 404
    assert browse("editor").get(address(story)).status_code == 404


def test_whoever_writes_a_story_sees_its_pictures_by_the_cookie_of_their_draft_alone(client, settings, run_jobs):
    draft, token = drafts.start()
    take(draft, a_file())
    here = reverse("submit:picture", args=[draft.pictures.get().key, "preview.jpg"])

    assert client.get(here).status_code == 404
    client.cookies[settings.DRAFT_COOKIE_NAME] = drafts.new_token()
    assert client.get(here).status_code == 404
    client.cookies[settings.DRAFT_COOKIE_NAME] = token
    seen = client.get(here)
    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "no-store")
    close(seen)

    Story.objects.filter(pk=draft.pk).update(status="submitted")
    assert client.get(here).status_code == 404
