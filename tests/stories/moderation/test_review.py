"""The screen on which a story is read and decided."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from stories import workflow
from stories.models import CannedReply, Story, StoryIndex
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db
LIST = "/admin/stories/story/"


def address(story, view="change"):
    return f"{LIST}{story.pk}/{view}/"


def page(client, story):
    response = client.get(address(story))
    assert response.status_code == 200
    return response.content.decode()


def decide(client, story, step, **fields):
    story = Story.objects.get(pk=story.pk)
    sent = {"step": step, "seen_at": story.modified_at.isoformat()}
    fields = {(name if name in ("fill", "seen_at") else f"{step}-{name}"): value for name, value in fields.items()}
    return client.post(address(story, "decide"), sent | fields, follow=True)


def status(story):
    return Story.objects.get(pk=story.pk).status


def test_everything_stands_on_one_screen(browse):
    thread = told.thread(title="Railways")
    story = told.story(
        status="submitted",
        title="My first day",
        text="I walked to the works.\n\nIt was cold.",
        language="ur",
        when_words="the 1960s",
        place="Railway Terrace",
        content_note="Talks of a death.",
        answers=[{"question": "Who taught you?", "answer": "My uncle."}],
        threads=[thread],
        full_name="Tess Teller",
        shown_as="first",
        allowed=("site", "press"),
        consent_how="signed",
        consent_on=datetime.date(2026, 5, 1),
        paper_place="Museum, red folder 3",
        email="tess@example.org",
    )
    told.picture(
        story, description="The gate", caption="1962", credit="My uncle", people=[{"name": "My aunt", "consent": "yes"}]
    )

    found = page(browse("moderator"), story)

    for words in (
        "My first day", 'dir="rtl"', 'lang="ur"', "I walked to the works.", "the 1960s", "Railway Terrace", "Railways",
        "Talks of a death.", "Who taught you?", "My uncle.", "The gate", "My aunt", "Said yes", "Signed on paper",
        "1 May 2026", "Museum, red folder 3", "tess@example.org", "In the press", "wording 1", "18 or over",
    ):  # fmt: skip
        assert words in found, words


def test_who_may_only_look_learns_no_name_and_no_address(browse):
    story = told.story(status="submitted", full_name="Wanda Whispers", shown_as="none", email="wanda@example.org")

    found = page(browse("editor"), story)

    assert "Whispers" not in found
    assert "wanda@example.org" not in found
    assert "There is nothing for you to decide" not in found
    assert 'name="step"' not in found


def test_a_story_goes_from_the_queue_to_readers(browse, cast, run_jobs):
    story, client = told.story(status="submitted"), browse("moderator")

    response = decide(client, story, "claim")
    assert "You are on it" in response.content.decode()
    assert Story.objects.get().claimed_by == cast.moderator
    response = decide(client, story, "approve")
    assert "Its teller gets a mail." in response.content.decode()
    run_jobs()

    assert status(story) == "published"
    assert StoryIndex.objects.filter(story=story).exists()


def test_others_see_who_is_on_it(browse, cast):
    story = told.story(status="in_review", claimed_by=cast.administrator, claimed_at=timezone.now())

    found = page(browse("moderator"), story)

    assert "Addy Administrator is on it" in found
    assert "Decide all the same" in found


def test_two_who_claim_are_told_who_was_first(browse, cast):
    story = told.story(status="submitted")
    seen_at = story.modified_at.isoformat()
    workflow.take("claim", story, by=cast.administrator)

    response = decide(browse("moderator"), story, "claim", seen_at=seen_at)

    assert "Nothing was done" in response.content.decode()
    assert Story.objects.get().claimed_by == cast.administrator


def test_a_change_is_asked_for_with_sentences_and_own_words(browse):
    story = told.story(status="in_review")
    address_, child = CannedReply.objects.filter(use="ask")[0], CannedReply.objects.filter(use="ask")[2]

    decide(browse("moderator"), story, "ask", sentences=[address_.pk, child.pk], words="Thank you!")

    now = Story.objects.get()
    assert now.status == "change_asked"
    assert now.words == f"{address_.words}\n\n{child.words}\n\nThank you!"
    assert address_.words in Mail.objects.get().text


def test_sentences_fill_the_box_so_that_they_can_be_changed(browse):
    story = told.story(status="in_review")
    sentence = CannedReply.objects.filter(use="ask").first()

    response = decide(browse("moderator"), story, "ask", sentences=[sentence.pk], words="Dear Tess,", fill="1")

    form = next(one.form for one in response.context["decisions"] if one.step == "ask")
    assert form["words"].value() == f"{sentence.words}\n\nDear Tess,"
    assert not form.errors
    assert not form["sentences"].value()
    assert status(story) == "in_review"


@pytest.mark.parametrize(
    ("start", "step"), [("in_review", "ask"), ("in_review", "decline"), ("published", "remove"), ("in_review", "hold")]
)
def test_what_needs_words_is_not_done_without(browse, start, step):
    story = told.story(status=start)

    response = decide(browse("moderator"), story, step, words="  ", why=" ")

    assert response.context["is_wrong"]
    assert "<title>Error: " in response.content.decode()
    assert status(story) == start


@pytest.mark.parametrize(
    ("step", "start", "end"), [("ask", "in_review", "change_asked"), ("remove", "published", "removed")]
)
def test_a_stale_screen_says_so_and_keeps_what_was_typed(browse, step, start, end):
    story = told.story(status=start)
    seen_at = story.modified_at.isoformat()
    story.save()

    response = decide(browse("moderator"), story, step, words="Please say more.", seen_at=seen_at)

    found = response.content.decode()
    assert "it was changed after you opened this page" in found
    assert "Please say more." in found
    assert status(story) == start
    decide(browse("moderator"), story, step, words="Please say more.")
    assert status(story) == end


def test_words_for_a_step_that_is_not_open_any_more_are_shown(browse, cast):
    story = told.story(status="in_review")
    seen_at = story.modified_at.isoformat()
    workflow.take("decline", story, by=cast.administrator, note="Not about Derby.")

    response = decide(browse("moderator"), story, "ask", words="Please say more.", seen_at=seen_at)

    found = response.content.decode()
    assert "This is what you had written" in found
    assert "Please say more." in found


def test_a_story_taken_back_meanwhile_is_told(browse):
    story = told.story(status="in_review")
    workflow.take("withdraw", story, by=workflow.Role.TELLER)

    response = decide(browse("moderator"), story, "approve")

    assert "its teller took it back" in response.content.decode()
    assert status(story) == "withdrawn"


def test_it_is_published_at_a_time(browse):
    story = told.story(status="in_review")
    at = timezone.localtime() + datetime.timedelta(days=40)

    decide(browse("moderator"), story, "schedule", at=f"{at:%Y-%m-%dT%H:%M}")

    now = Story.objects.get()
    assert now.status == "scheduled"
    assert timezone.localtime(now.publish_at).date() == at.date()


@pytest.mark.parametrize("at", ["", "nonsense", "1999-01-01T10:00", "0001-01-01T00:00", "9999-12-31T23:59:59+14:00"])
def test_an_odd_time_is_refused_in_words(browse, at):
    story = told.story(status="in_review")

    response = decide(browse("moderator"), story, "schedule", at=at)

    assert response.status_code == 200
    assert response.context["is_wrong"]
    assert status(story) == "in_review"


def test_their_own_is_somebody_elses_to_decide(browse, cast):
    story = told.story(status="in_review", account=cast.moderator)
    client = browse("moderator")

    found = page(client, story)
    response = decide(client, story, "approve")

    assert "Somebody else decides about it" in found
    assert "Approve and publish" not in found
    assert "nobody decides about a story of their own" in response.content.decode()
    assert status(story) == "in_review"


def test_what_keeps_it_from_readers_is_said_and_refused(browse):
    story = told.story(status="in_review", allowed=("press",))
    client = browse("moderator")

    assert "has not agreed that it is shown on this site" in page(client, story)
    response = decide(client, story, "approve")

    assert "has not agreed that it is shown on this site" in response.content.decode()
    assert status(story) == "in_review"


def test_a_picture_of_a_child_without_a_yes_keeps_it_from_readers(browse):
    story = told.story(status="in_review")
    told.picture(story, has_people=True, people=[{"is_child": True, "consent": "not_asked"}])

    response = decide(browse("administrator"), story, "approve")

    assert "a child on it has not been asked" in response.content.decode()
    assert status(story) == "in_review"


def test_a_held_story_is_lifted_by_safeguarding_and_every_look_is_written_down_once_a_day(browse, cast):
    story = told.story(status="submitted")
    decide(browse("moderator"), story, "hold", why="A child says she is hurt.")
    client = browse("administrator")

    page(client, story)
    found = page(client, story)

    assert status(story) == "held"
    assert "A child says she is hurt." in found
    looks = AuditEvent.objects.filter(action="story_looked_at")
    assert [line.by for line in looks] == [cast.administrator]
    assert Mail.objects.count() == 2  # to its storyteller, and to whoever looks after safeguarding
    assert not any("hurt" in mail.text for mail in Mail.objects.all())
    decide(client, story, "lift", words="Thank you for waiting.")
    assert status(story) == "submitted"
    assert "A child says she is hurt." not in page(browse("moderator"), story)


def test_a_published_story_is_taken_down_and_looked_at_again(browse):
    story, client = told.story(), browse("moderator")

    decide(client, story, "remove", words="Somebody on the picture did not agree.")
    assert status(story) == "removed"
    assert not StoryIndex.objects.exists()
    decide(client, story, "restore")
    assert status(story) == "in_review"


def change_of(story, **fields):
    version = told.version(story, **fields)
    story.waits_since = timezone.now()
    story.save()
    return version


def test_a_change_of_what_is_public_is_shown_word_by_word_and_decided(browse, run_jobs):
    story = told.story(title="Old title", text="I came in winter and stayed.")
    told.picture(story, description="A tram")
    change_of(story, title="New title", text="I came in summer and stayed.")
    client = browse("moderator")

    found = page(client, story)

    assert re.search(r"<del>.*winter.*</del>", found)
    assert re.search(r"<ins>.*summer.*</ins>", found)
    assert "removed" in found
    assert StoryIndex.objects.get().title == "Old title"
    decide(client, story, "show")
    run_jobs()
    assert StoryIndex.objects.get().title == "New title"


def test_somebody_says_that_they_are_on_a_change(browse, cast):
    story = told.story()
    change_of(story)
    client = browse("moderator")

    client.post(address(story, "on-it"), {"step": "claim"})
    assert Story.objects.get().claimed_by == cast.moderator
    browse("administrator").post(address(story, "on-it"), {"step": "claim"})
    assert Story.objects.get().claimed_by == cast.moderator
    decide(client, story, "refuse", words="We keep the old one.")

    now = Story.objects.get()
    assert (now.status, now.claimed_by, now.waits_since) == ("published", None, None)
    assert now.latest == now.shown


def test_what_it_belongs_to_is_changed_and_readers_see_it(browse):
    story, thread, call = told.story(), told.thread(title="Railways"), told.call()
    client = browse("moderator")
    sent = {
        "seen_at": Story.objects.get().modified_at.isoformat(),
        "about-content_note": "Talks of a death.",
        "about-language": "cy",
        "about-call": call.pk,
        "about-threads": [thread.pk],
        "about-is_flagged": "on",
    }

    client.post(address(story, "about"), sent)

    now = Story.objects.get()
    shelved = StoryIndex.objects.get()
    assert (now.call, list(now.threads.all()), now.is_flagged) == (call, [thread], True)
    assert (shelved.language, shelved.call, shelved.threads, shelved.has_note) == ("cy", call, [thread.pk], True)
    line = AuditEvent.objects.filter(action="story").latest("pk")
    assert line.new["Threads"] == ["Railways"]
    assert "death" not in f"{line.old}{line.new}{line.note}"


def test_what_it_belongs_to_is_not_saved_from_a_stale_screen_or_by_others(browse):
    story = told.story()
    sent = {"seen_at": "before", "about-language": "cy", "about-content_note": "Typed."}

    response = browse("moderator").post(address(story, "about"), sent)

    assert "it was changed after you opened this page" in response.content.decode()
    assert "Typed." in response.content.decode()
    assert browse("editor").post(address(story, "about"), sent).status_code == 403
    assert Story.objects.get().shown.language == "en"


def test_near_duplicates_are_pointed_out_but_not_those_one_may_not_see(browse):
    text = "The whistle went at six and my father took his bag and his cap and went down to the river. " * 3
    story = told.story(status="submitted", title="The whistle at six", text=text)
    told.story(title="The whistle at six!", text="Something else altogether, about a dog and two cats.")
    told.story(title="Another one", text=text.replace("cap", "hat"))
    told.story(title="Unrelated", text="We grew potatoes in Spondon.")
    told.story(title="The whistle at six draft", text=text, status="draft", state="writing")
    told.story(title="The whistle at six held", text=text, status="held")
    first, second = told.story(title="With a picture"), told.picture(story, digest="same")
    told.picture(first, digest=second.digest)

    found = {one.title: one.reasons for one in browse("moderator").get(address(story)).context["alike"]}

    assert found == {
        "The whistle at six!": ["its title"],
        "Another one": ["how it begins"],
        "With a picture": ["a picture"],
    }


def test_the_screen_costs_the_same_however_much_a_story_holds(browse):
    def queries(story):
        client.get(address(story))
        with CaptureQueriesContext(connection) as asked:
            page(client, story)
        return len(asked)

    client = browse("moderator")
    small, large = told.story(status="in_review"), told.story(status="in_review", threads=[told.thread()])
    told.picture(small, people=[{}])
    for number in range(9):
        told.picture(large, people=[{}, {}], description=f"Picture {number}")
    for _ in range(20):
        told.story(text=large.latest.text)
        workflow.take("claim", workflow.take("release", large, by=make.staff("Moderator")), by=make.staff("Moderator"))

    assert queries(large) == queries(small) <= 45


def test_it_is_previewed_as_readers_will_see_it_and_nowhere_public(browse):
    story = told.story(status="submitted", title="Quiet title")
    client = browse("moderator")

    framed = client.get(address(story, "preview"))
    shown = client.get(f"{address(story, 'preview')}page/")

    assert address(story, "preview/page") in framed.content.decode()
    assert "Quiet title" in shown.content.decode()
    assert shown.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    assert browse("anyone").get(f"{address(story, 'preview')}page/").status_code == 302


@pytest.mark.parametrize("view", ["decide", "about", "on-it"])
def test_what_acts_is_never_done_by_opening_it(browse, view):
    assert browse("administrator").get(address(told.story(), view)).status_code == 405


@pytest.mark.parametrize("step", ["", "send", "publish", "withdraw", "bring_back", "guardian_agrees", "nonsense"])
def test_steps_that_are_not_of_staff_are_refused(browse, step):
    story = told.story(status="in_review")

    assert decide(browse("administrator"), story, step).status_code == 403
    assert status(story) == "in_review"


@pytest.mark.parametrize("key", ["0", "99999999999999999999", "abc"])
@pytest.mark.parametrize("view", ["change", "decide", "about", "preview", "preview/page", "pictures/1"])
def test_an_odd_key_is_never_our_error(browse, key, view):
    assert browse("administrator").get(f"{LIST}{key}/{view}/").status_code in (404, 405)
    assert browse("administrator").post(f"{LIST}{key}/{view}/").status_code in (404, 405)


def test_hostile_words_stay_words(browse):
    story = told.story(status="submitted", title="<script>alert(1)</script>", text="<img src=x onerror=alert(1)>")

    found = page(browse("moderator"), story)

    assert "<script>alert(1)" not in found
    assert "<img src=x" not in found


def test_what_its_teller_changed_after_being_asked_is_marked(browse):
    story = told.story(status="in_review", text="I live at 12 Green Lane and like it.")
    told.version(story, text="I live near the park and like it.")

    found = page(browse("moderator"), story)

    assert "What its teller changed" in found
    assert re.search(r"<del>.*12 Green Lane.*</del>", found)
    assert re.search(r"<ins>.*near the park.*</ins>", found)


def test_another_moderator_puts_it_back_into_the_queue(browse, cast):
    story = told.story(status="in_review", claimed_by=cast.administrator, claimed_at=timezone.now())
    client = browse("moderator")

    assert "Put it back into the queue" in page(client, story)
    decide(client, story, "release")

    now = Story.objects.get()
    assert (now.status, now.claimed_by) == ("submitted", None)


def test_a_story_of_a_flood_joins_the_queue_when_somebody_takes_it_on(browse):
    story = told.story(status="submitted", is_rate_limited=True)

    decide(browse("moderator"), story, "claim")

    assert Story.objects.get().is_rate_limited is False
    assert Story.objects.waiting().get() == story


def test_a_story_without_words_teller_or_dates_still_opens(browse):
    for way in ("sample", "table"):
        story = told.story(status="submitted", way=way, title="", text="", answers=[])
        if way == "table":
            story.contributor.delete()
        assert story.slug in page(browse("moderator"), story)
    bare = Story.objects.create(status="submitted")
    assert bare.slug in page(browse("administrator"), bare)


def test_words_longer_than_the_longest_are_refused_and_kept(browse):
    story = told.story(status="in_review")

    response = decide(browse("moderator"), story, "decline", words="x" * 5000)

    assert response.context["is_wrong"]
    assert "x" * 5000 in response.content.decode()
    assert status(story) == "in_review"


def test_sentences_that_are_not_there_or_for_something_else_are_refused(browse):
    story = told.story(status="in_review")
    other = CannedReply.objects.filter(use="decline").first()
    for chosen in ("99999", str(other.pk), "abc", "\0"):
        response = decide(browse("moderator"), story, "ask", sentences=[chosen], words="Hello")
        assert response.status_code == 200
        assert response.context["is_wrong"]
    assert status(story) == "in_review"


@pytest.mark.parametrize(("who", "answer"), [("moderator", 404), ("administrator", 200)])
def test_a_held_story_is_not_previewed_by_others(browse, who, answer):
    story = told.story(status="held", waits_since=timezone.now())

    assert browse(who).get(address(story, "preview")).status_code == answer
    assert browse(who).get(f"{address(story, 'preview')}page/").status_code == answer


def test_who_told_it_at_a_table_hears_that_nobody_is_told(browse):
    story = told.story(status="in_review", way="table", email="", email_verified_at=None)

    response = decide(browse("moderator"), story, "decline", words="Not about Derby.")

    assert "We have no address of its teller" in response.content.decode()
    assert not Mail.objects.exists()
