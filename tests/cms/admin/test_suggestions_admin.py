"""Staff's side of what readers suggest."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from cms.publishing.models import Suggestion
from stories.models import Story
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db
LIST = "/admin/cms/suggestion/"


def suggestion(thing, **fields):
    return Suggestion.objects.create(**{"thing": thing, "title": str(thing), "words": "Other hours"} | fields)


def address(one, view="change"):
    return f"{LIST}{one.pk}/{view}/"


def test_the_queue_is_oldest_first_and_narrowed(browse):
    old, new = suggestion(make.partner(name="Old")), suggestion(make.programme(title="New"))
    done = suggestion(make.partner(name="Done"), answer="Yes.", answered_at="2026-01-01T00:00Z")
    client = browse("moderator")

    assert [one.pk for one in client.get(LIST).context["cl"].result_list] == [old.pk, new.pk, done.pk]
    assert [one.pk for one in client.get(f"{LIST}?answered=no").context["cl"].result_list] == [old.pk, new.pk]
    assert [one.pk for one in client.get(f"{LIST}?answered=yes").context["cl"].result_list] == [done.pk]


def test_its_page_shows_the_thing_and_the_words_as_they_were_typed(browse):
    partner = make.partner()
    one = suggestion(partner, words="<script>alert(1)</script>\nOther hours", known_from="I work there")

    page = browse("moderator").get(address(one)).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>Other hours" in page
    assert "I work there" in page
    assert f"/admin/partners/partner/{partner.pk}/change/" in page


def test_an_answer_is_in_the_councils_name_and_mailed(browse, cast):
    one = suggestion(make.partner(), email="reader@example.org")

    browse("moderator").post(address(one, "answer"), {"words": "Thank you, it is mended."})

    one.refresh_from_db()
    assert (one.answer, one.answered_by) == ("Thank you, it is mended.", cast.moderator)
    assert one.answered_for == "Derby City Council"
    assert "it is mended" in Mail.objects.get(to="reader@example.org").text
    line = AuditEvent.objects.get(action="answered")
    assert "Other hours" not in f"{line.old}{line.new}{line.note}"


def test_two_answers_are_one(browse):
    one, client = suggestion(make.partner(), email="reader@example.org"), browse("moderator")

    client.post(address(one, "answer"), {"words": "First"})
    again = client.post(address(one, "answer"), {"words": "Second"}, follow=True)

    one.refresh_from_db()
    assert one.answer == "First"
    assert "Nothing was done" in again.content.decode()
    assert Mail.objects.count() == 1


@pytest.mark.parametrize("words", ["", "  ", "x" * 2001, "\0"])
def test_an_answer_needs_words(browse, words):
    one = suggestion(make.partner())

    response = browse("moderator").post(address(one, "answer"), {"words": words})

    assert response.status_code == 200
    one.refresh_from_db()
    assert one.answered_at is None


@pytest.mark.parametrize("who", ["anyone", "stranger", "writer"])
def test_who_may_not_answer_does_not(browse, who):
    one = suggestion(make.partner())

    assert browse(who).post(address(one, "answer"), {"words": "Yes"}).status_code in (302, 403, 404)
    one.refresh_from_db()
    assert one.answered_at is None


def test_nobody_changes_or_deletes_a_readers_words(browse):
    one = suggestion(make.partner())

    assert browse("administrator").post(address(one), {"words": "Mine"}).status_code == 405
    assert browse("administrator").post(address(one, "delete"), {"post": "yes"}).status_code == 404
    assert Suggestion.objects.get().words == "Other hours"


def test_limited_staff_see_those_about_what_they_were_given(browse, cast):
    given, other = make.partner(), make.partner()
    given.given_to.add(cast.editor)
    mine, theirs = suggestion(given), suggestion(other)
    cast.editor.is_limited = True
    cast.editor.save()
    client = browse("editor")

    assert [one.pk for one in client.get(LIST).context["cl"].result_list] == [mine.pk]
    assert client.get(address(mine)).status_code == 200
    assert client.get(address(theirs)).status_code == 404
    assert client.post(address(theirs, "answer"), {"words": "Yes"}).status_code == 404


def test_about_a_page_that_is_no_thing_staff_without_limits_read_it(browse, cast):
    one = suggestion(None, title="Sources", path="/sources/")

    page = browse("moderator").get(address(one)).content.decode()
    cast.editor.is_limited = True
    cast.editor.save()

    assert '<a href="/sources/">Sources</a>' in page
    assert browse("editor").get(address(one)).status_code == 404


@pytest.mark.parametrize(("status", "sees"), [("published", True), ("held", False)])
def test_about_a_story_those_who_may_see_it_read_it(browse, status, sees):
    story = told.story()
    one = suggestion(story)
    Story.objects.filter(pk=story.pk).update(status=status)

    assert browse("moderator").get(address(one)).status_code == (200 if sees else 404)
    assert browse("writer").get(address(one)).status_code in (403, 404)


def test_one_about_a_deleted_page_is_still_read_and_answered(browse):
    partner = make.partner()
    one = suggestion(partner)
    partner.delete()
    client = browse("moderator")

    assert "not there any more" in client.get(address(one)).content.decode()
    assert client.post(address(one, "answer"), {"words": "It is gone."}).status_code == 302


def test_the_list_costs_the_same_with_one_and_with_twenty(browse):
    client, counts = browse("moderator"), []
    for count in (1, 20):
        for _ in range(count):
            suggestion(make.partner())
        client.get(LIST)
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 20
