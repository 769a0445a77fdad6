"""The samples of content/stories.yaml, and that staff have the last word on them."""

import pytest
import yaml
from django.conf import settings

from cms.audit.models import AuditEvent
from cms.publishing.seeding import Mistake
from stories import sample_loader, workflow
from stories.models import Story, StoryIndex
from stories.public.drawings import DRAWINGS
from tests import make, opening_content
from tests import make_stories as told

pytestmark = pytest.mark.django_db


def row(**fields):
    return {"slug": "mill", "title": "The mill", "text": "It never slept.", "when": "1721", "year_from": 1721} | fields


def load(*rows):
    return dict(sample_loader.load(rows))


def test_a_sample_is_published_by_the_workflow_and_stands_on_the_shelf():
    thread, source, ward = told.thread(), make.source(), make.ward()

    assert load(row(threads=[thread.slug], sources=[source.key], ward=ward.slug, drawing="mill")) == {"made": 1}

    story = Story.objects.get(slug="mill")
    shelved = StoryIndex.objects.get(slug="mill")
    assert story.status == "published"
    assert story.is_sample
    assert shelved.is_sample
    assert (shelved.ward, shelved.threads, shelved.year) == (ward, [thread.pk], 1721)
    assert list(story.sources.all()) == [source]
    assert AuditEvent.objects.filter(action="published", object_words=str(story)).exists()


def test_the_first_one_stands_first():
    load(row(slug="one"), row(slug="two"))

    assert [story.slug for story in StoryIndex.objects.all()] == ["one", "two"]


def test_loading_again_changes_nothing():
    load(row())
    before = Story.objects.get().modified_at

    assert load(row()) == {"unchanged": 1}
    assert Story.objects.get().modified_at == before


def test_new_words_replace_the_old_ones_where_nobody_touched_it():
    load(row())

    assert load(row(text="It sleeps now.")) == {"updated": 1}

    story = Story.objects.get()
    assert [(version.number, version.state) for version in story.versions.all()] == [(1, "old"), (2, "shown")]
    assert StoryIndex.objects.get().opening == "It sleeps now."


def take_down(story, moderator):
    workflow.take("remove", story, by=moderator, note="Real stories are here now.")


CHANGES = {
    "taken down": take_down,
    "another thread": lambda story, _: story.threads.add(told.thread()),
    "other words": lambda story, _: told.version(story, text="Ours."),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_staff_changed_stays_as_they_have_it(cast, change):
    load(row())
    CHANGES[change](Story.objects.get(), cast.moderator)
    before = Story.objects.values().get()

    assert load(row(text="New words.")) == {"left as staff have it": 1}
    assert Story.objects.values().get() == before


def test_what_staff_deleted_stays_deleted():
    load(row())
    story = Story.objects.get()
    workflow.take("withdraw", story, by=workflow.Role.TELLER)
    Story.objects.get().delete()

    assert load(row()) == {"left deleted": 1}
    assert not Story.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"colour": "red"}, "no field “colour”"),
        ({"text": ""}, "has no text"),
        ({"threads": ["nothing"]}, "names the thread “nothing”"),
        ({"ward": "nowhere"}, "names the ward “nowhere”"),
        ({"drawing": "window-nothing"}, "no drawing “window-nothing”"),
    ],
)
def test_a_mistake_in_the_content_is_told(fields, words):
    with pytest.raises(Mistake, match=words):
        load(row(**fields))


def test_every_drawing_is_there_and_described():
    for drawing in DRAWINGS.values():
        picture = settings.BASE_DIR / "static/art" / f"{drawing.name}.svg"
        assert f'width="{drawing.width}" height="{drawing.height}"' in picture.read_text(encoding="utf-8")
        assert drawing.words.endswith(".")


def test_the_eleven_samples_are_plainly_marked_and_name_their_sources(client):
    opening_content.load()
    rows = yaml.safe_load((settings.BASE_DIR / "content/stories.yaml").read_text(encoding="utf-8"))

    assert len(rows) == 11
    assert StoryIndex.objects.count() == 11
    for one in rows:
        page = client.get(f"/stories/{one['slug']}/").text
        assert "Sample story, written by the site team" in page
        assert page.count("/sources/#") == len(one["sources"])
        assert one["threads"]
    assert [story.slug for story in StoryIndex.objects.all()] == [one["slug"] for one in rows]
