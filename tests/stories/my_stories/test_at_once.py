"""Five clicks at the same moment, each with a connection of its own to the database: one effect, and no error."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection
from django.test import Client

from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from stories import changes
from stories.models import Consent, Contributor, Erasure, Story
from tests import make_stories as told
from tests.stories.my_stories.test_access import address, key_for

pytestmark = pytest.mark.django_db(transaction=True)


def five(path, **data):
    def post(_):
        try:
            return Client().post(path, data)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(post, range(5)))
    assert {answer.status_code for answer in answers} == {302}, [answer.status_code for answer in answers]
    return {answer.url for answer in answers}


@pytest.fixture(autouse=True)
def list_of_erasures(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures"


def test_taking_back_bringing_back_and_erasing():
    story = told.story()
    key = key_for(story)

    assert len(five(address("withdraw", story, key))) == 1
    assert (Story.objects.get().status, Mail.objects.count()) == ("withdrawn", 1)
    assert len(five(address("bring_back", story, key))) == 1
    assert (Story.objects.get().status, Mail.objects.count()) == ("submitted", 2)
    page = Client().get(address("erase", story, key)).content.decode()
    shown = re.search(r'name="shown" value="([^"]+)"', page)[1]
    assert len(five(address("erase", story, key), sure="on", shown=shown)) == 1
    assert (Erasure.objects.count(), AuditEvent.objects.filter(action="erased").count()) == (1, 1)
    assert Mail.objects.filter(subject="Your story is erased").count() == 1


def test_beginning_writing_and_sending_a_change():
    story = told.story()
    key = key_for(story)

    five(address("change", story, key), title="My tram", text="It was blue.", language="en")
    assert story.versions.count() == 2
    five(address("change_check", story, key))
    assert changes.waiting().count() == 1
    assert Mail.objects.count() == 1
    five(address("drop", story, key))
    assert not changes.waiting().exists()
    assert Story.objects.get().status == "published"


def test_choosing():
    story = told.story()
    key = key_for(story)

    five(address("consent", story, key), wording="1", site="on", press="on")
    assert Consent.objects.count() == 10
    five(address("name", story, key), shown_as="none")
    assert Contributor.objects.get().shown_name == ""
    five(address("name", story, key), shown_as="pen", pen_name="Rail Rosie")
    assert story.versions.count() == 2
    five(address("consent", story, key), wording="1", sure="")
    assert Story.objects.get().status == "withdrawn"


def test_confirming_an_address():
    story = told.story(way="table", email_verified_at=None)

    five(address("keep_informed", story, key_for(story)))
    assert Contributor.objects.get().email_verified_at


def test_what_was_typed_comes_back_when_the_database_is_away(monkeypatch):
    story = told.story()
    path = address("change", story, key_for(story))

    def away(*_):
        raise OperationalError

    monkeypatch.setattr(changes, "begin", away)
    words = "It was blue, and it came every single morning at six."
    response = Client(raise_request_exception=False).post(path, {"title": "My tram", "text": words, "language": "en"})

    assert response.status_code == 503
    assert words in response.content.decode()
    assert "My tram" in response.content.decode()
