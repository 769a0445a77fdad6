"""Looks for what must not be seen in everything that somebody can reach: a hidden name, an address, where a photo was
taken, and a picture that is not public. As a reader without an account, as another teller, as another partner."""

import io
import re
from urllib.parse import urldefrag, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Pixels
from PIL.TiffImagePlugin import IFDRational

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.media import cleaning, renditions, storage
from cms.outbox.models import Mail
from stories import workflow
from stories.models import Report, StoryPicture, VersionPicture
from stories.photos import takedown
from stories.search import search_index
from stories.workflow import Role
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db

NAME, ADDRESS = "Quenby Xylander", "quenby.marker@example.org"
REPORTER = "rolf.reporter@example.org"
MARKERS = [NAME, "Xylander", "Quenby", ADDRESS, "quenby.marker", REPORTER]
CAMERA, PLACE = b"MarkerCamera 9000", b"52.9226"
MOST = 600  # pages; far more than there are, so that a loop ends

_LINK = re.compile(
    r"""(?:href|src|action|content)=["']([^"']+)["']|srcset=["']([^"']+)["']|<loc>([^<]+)</loc>|<id>(http[^<]+)</id>"""
)


def photo() -> bytes:
    """As a phone takes it: with where, and with what."""
    image = Pixels.new("RGB", (1200, 900), "teal")
    exif = Pixels.Exif()
    exif[0x010F] = CAMERA.decode()
    exif[0x9286] = PLACE.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (IFDRational(52), IFDRational(55), IFDRational(21)), 3: "W"})
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif, comment=CAMERA)
    assert CAMERA in buffer.getvalue()
    return buffer.getvalue()


def with_picture(story):
    """A real one, cleaned and in all sizes."""
    picture = StoryPicture(story=story, digest=story.slug)
    storage.store(picture, cleaning.read(SimpleUploadedFile(f"{NAME}.jpg", photo())))
    picture.save()
    with picture.master.open() as master, storage.written() as write:
        storage.put(picture, list(renditions.make(master, (50, 50))), write)
    picture.save()
    VersionPicture.objects.create(version=story.latest, picture=picture, description="A teal tram")
    if story.status == "published":
        search_index.put(story)
    return picture


def links_of(response, base):
    if "html" not in response["Content-Type"] and "xml" not in response["Content-Type"]:
        return
    for found in _LINK.findall(response.content.decode()):
        for part in (found[0] or found[2] or found[3]).split() or [one.split()[0] for one in found[1].split(", ")]:
            address = urlsplit(urldefrag(part).url)
            if address.hostname not in (None, "testserver") or not address.path.startswith("/"):
                continue
            if not address.path.startswith(("/static/", "/admin/", "/account/logout")):
                yield address.path + (f"?{address.query}" if address.query else "")


def reached(client, starts):
    """Everything one can come to from there, by following all links: address and answer."""
    waiting, seen = [*starts], set(starts)
    while waiting:
        address = waiting.pop()
        response = client.get(address, follow=True)
        assert response.status_code < 500, address
        yield address, response
        for link in links_of(response, address):
            if link not in seen:
                assert len(seen) < MOST, "there is no end to the pages"
                seen.add(link)
                waiting.append(link)


def body_of(response) -> bytes:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body + repr(sorted(response.headers.items())).encode()


@pytest.fixture
def city(cast):
    """Stories in every state by the same teller, who shows no name; one of them with a picture, public or not."""
    thread, call, partner = told.thread(), told.call(), make.partner()
    shared = {"full_name": NAME, "email": ADDRESS, "shown_as": "none", "call": call, "partner": partner}
    statuses = [status for status, _ in told.Story.Status.choices]
    stories = {status: told.story(status=status, threads=[thread], **shared) for status in statuses}
    for status in ("published", "submitted", "withdrawn", "held"):
        with_picture(stories[status])
    hidden = told.story(threads=[thread], ward=make.ward(), year_from=1962, when_words="1962", **shared)
    with_picture(hidden)
    takedown.hide(hidden.pictures.get(), by=Role.PORTAL, why="Somebody on it did not agree.")
    stories["hidden picture"] = hidden
    Report.objects.create(
        story=stories["published"], story_slug=stories["published"].slug, category="other", words="Marker words",
        email=REPORTER, due_at=stories["published"].created_at,
    )  # fmt: skip
    return stories


def everyone(city, who, browse):
    """A client, and where to begin."""
    starts = [
        "/",
        "/stories/",
        "/sitemap.xml",
        "/stories/feed.atom",
        "/stories/search/?q=derby",
        "/tell/",
        "/my-stories/",
    ]
    starts += [f"/stories/{story.slug}/" for story in city.values()]
    starts += [f"/concern/{story.slug}/" for story in city.values()]
    starts += [f"/my-stories/{story.slug}/" for story in city.values()]
    if who == "anyone":
        return Client(), starts
    if who == "another teller":
        other = told.story(email="other.teller@example.org", full_name="Olga Other")
        text, _ = token_links.make(AccessToken.Purpose.MY_STORY, other, days=9, email="other.teller@example.org")
        client = Client()
        client.force_login(make.confirmed(make.user(email="other.teller@example.org", name="Olga Other")))
        starts += [f"/my-stories/{story.slug}/?key={text}" for story in (*city.values(), other)]
        return client, starts
    member = make.member(make.partner(name="Another partner")).person
    client = Client()
    client.force_login(member)
    starts += [f"/desk/{member.memberships.get().partner.slug}/stories/"]
    starts += [f"/desk/{city['published'].partner.slug}/stories/{story.pk}/" for story in city.values()]
    return client, starts


@pytest.mark.parametrize("who", ["anyone", "another teller", "another partner"])
def test_nobody_reaches_what_is_hidden(city, who, browse):
    client, starts = everyone(city, who, browse)
    unpublished = {
        picture.key.hex: picture
        for picture in StoryPicture.objects.exclude(pk__in=StoryPicture.objects.public().values("pk"))
    }
    assert len(unpublished) == 4

    count = 0
    for address, response in reached(client, starts):
        body = body_of(response)
        count += 1
        for marker in MARKERS:
            assert marker.encode() not in body, f"{marker} is in {address}"
        assert CAMERA not in body, address
        assert PLACE not in body, address
        for key in unpublished:
            dashed = f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"
            assert dashed.encode() not in body, f"{address} names a picture that is not public"
    assert count > 40

    for picture in unpublished.values():
        names = ["master.jpg", "preview.jpg", *picture.renditions.values_list("name", flat=True)]
        for name in names:
            assert client.get(picture.address(name)).status_code in (404, 410), picture.story.status


def test_the_partner_that_sent_it_sees_no_hidden_name_and_no_address(city):
    partner = city["published"].partner
    member = make.member(partner).person
    client = Client()
    client.force_login(member)

    for address, response in reached(client, [f"/desk/{partner.slug}/stories/"]):
        body = body_of(response)
        for marker in MARKERS:
            assert marker.encode() not in body, f"{marker} is in {address}"


def test_no_file_of_a_picture_holds_where_or_with_what_it_was_taken(city, settings):
    files = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]

    assert len(files) > 20
    for path in files:
        assert not {CAMERA, PLACE, b"Exif", b"GPS"} & {
            mark for mark in (CAMERA, PLACE, b"Exif", b"GPS") if mark in path.read_bytes()
        }
        assert "quenby" not in path.name.casefold()


def test_mails_to_others_and_all_subjects_are_without_the_name(city, cast):
    teen = told.story(
        status="awaiting_address", age="13-17", full_name=NAME, shown_as="none", email=ADDRESS,
        guardian_name="Gail Guardian", guardian_email="gail@example.org", title="A title to hide",
    )  # fmt: skip
    teen.contributor.email_verified_at = teen.created_at
    teen.contributor.save()
    workflow.take("confirm_address", teen, by=Role.TELLER)
    for story in city.values():
        for step in workflow.steps_open_to(story, cast.moderator):
            if step in ("claim", "decline", "hold"):
                workflow.take(step, story, by=cast.moderator, note="Thank you.")
                break

    mails = Mail.objects.all()
    assert mails.filter(to="gail@example.org").exists()
    for mail in mails:
        assert "A title to hide" not in mail.subject
        assert NAME not in mail.subject
        if mail.to != ADDRESS:
            assert NAME not in mail.text
            assert ADDRESS not in mail.text
