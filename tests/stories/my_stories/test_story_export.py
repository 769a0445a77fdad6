"""Everything held about a story, for its teller to take with them."""

import io
import json
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from cms.outbox.models import Mail
from stories import changes, workflow
from stories.workflow import Role
from tests import make
from tests import make_stories as told
from tests.stories.my_stories.test_access import address, key_for

pytestmark = pytest.mark.django_db


def taken(story):
    response = Client().get(address("download", story, key_for(story)))
    assert response.headers["Content-Disposition"] == 'attachment; filename="my-story.zip"'
    archive = zipfile.ZipFile(io.BytesIO(response.getvalue()))
    return archive, json.loads(archive.read("story.json"))


def test_it_holds_words_pictures_choices_and_what_happened(cast):
    story = told.story(status="in_review", title="My tram", text="It was blue.", allowed=("site", "press"))
    picture = told.picture(story, people=[{"name": "My aunt"}], caption="In 1962")
    picture.master.save("images/x.jpg", ContentFile(b"jpeg"))
    workflow.take("ask", story, by=cast.moderator, note="Which line?")
    version = changes.begin(story)
    version.text = "It was blue, of line 4."
    version.save()

    archive, held = taken(story)

    assert "It was blue." in archive.read("story.txt").decode()
    assert archive.read("pictures/1.jpg") == b"jpeg"
    assert [one["text"] for one in held["versions"]] == ["It was blue.", "It was blue, of line 4."]
    assert held["versions"][0]["pictures"][0] == {
        "file": "pictures/1.jpg", "description": "A tram in the rain", "caption": "In 1962", "credit": "Tess Teller",
    }  # fmt: skip
    assert held["pictures"][0]["people"][0]["who"] == "My aunt"
    assert held["what_we_may_do_now"] == ["press", "site"]
    assert "copyright" in held["your_choices"][0]["words_shown"]
    assert held["about_you"]["full_name"] == "Tess Teller"
    assert held["what_we_wrote_to_you"][0]["words"] == "Which line?"
    assert held["mails_to_you"][0]["subject"] == "A question about your story"
    assert {line["by"] for line in held["what_happened"]} == {"The teller", "our team"}


def test_nobody_of_the_staff_is_named(cast):
    story = told.story(entered_by=cast.moderator, partner=make.partner())
    told.report(story, words="It is not true.", email="rolf.reporter@example.org")
    workflow.take("hold", story, by=cast.moderator, note="The police have asked.")
    workflow.take("lift", story, by=cast.administrator)

    archive, _ = taken(story)

    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    for secret in ("Mo Moderator", "Addy", "moderator@", "admin@", "rolf.reporter", "not true", "police"):
        assert secret not in everything, secret


def test_a_picture_whose_file_is_lost_keeps_nothing_else_back():
    story = told.story()
    told.picture(story)

    archive, held = taken(story)

    assert held["pictures"][0]["file"] is None
    assert "pictures/1.jpg" not in archive.namelist()


@pytest.mark.parametrize("status", ["submitted", "held", "declined", "removed", "withdrawn"])
def test_it_can_be_taken_in_any_state(status):
    assert taken(told.story(status=status))[1]["story"]["where_it_stands"]


def test_mails_hold_no_key():
    story = workflow.take("withdraw", told.story(), by=Role.TELLER)

    _, held = taken(story)

    assert "key=" in Mail.objects.get().text
    assert "key=" not in json.dumps(held)


def test_it_is_taken_twenty_times_an_hour():
    story = told.story()
    key = key_for(story)

    answers = [Client().get(address("download", story, key)) for _ in range(21)]

    for answer in answers[:20]:
        answer.getvalue()
    assert [answer.status_code for answer in answers] == [200] * 20 + [302]
    assert "done=often" in answers[-1].url
