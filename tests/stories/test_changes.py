"""What a teller changes after sending, and who lets readers see it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from stories import changes, display_name, workflow
from stories.consent import consent
from stories.jobs import catch_up, show_change_when_ready
from stories.models import Consent, ConsentVersion, Story, StoryIndex, StoryPicture, VersionPicture
from stories.workflow import Impossible, Role
from tests import make, make_stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    return make_stories.story(title="First words", text="I came by train.")


def begun(story, **fields):
    version = changes.begin(story)
    for name, value in fields.items():
        setattr(version, name, value)
    version.save()
    return version


def sent(story, **fields):
    version = begun(story, **fields or {"text": "I came by bus."})
    changes.send(version)
    version.refresh_from_db()
    return version


def shelf(story):
    return StoryIndex.objects.get(story=story)


def public_pictures():
    return set(StoryPicture.objects.public())


def test_a_change_begins_with_all_that_was_told_last(story):
    picture = make_stories.picture(story, caption="In 1962")

    version = changes.begin(story)

    assert (version.number, version.state, version.title) == (2, "writing", "First words")
    use = version.pictures.get()
    assert (use.picture, use.description, use.caption) == (picture, "A tram in the rain", "In 1962")
    story.refresh_from_db()
    assert story.latest != version


def test_it_is_begun_once_however_often_asked(story):
    assert changes.begin(story) == changes.begin(story)
    assert story.versions.count() == 2


@pytest.mark.parametrize(
    "status",
    [
        "draft",
        "awaiting_address",
        "awaiting_guardian",
        "approved",
        "scheduled",
        "withdrawn",
        "declined",
        "held",
        "removed",
    ],
)
def test_in_other_states_it_cannot_begin(status):
    story = make_stories.story(status=status)

    with pytest.raises(Impossible):
        changes.begin(story)


WORDS = [
    {"title": "Second words"},
    {"text": "I came by bus."},
    {"language": "pl"},
    {"when_words": "1962", "when_kind": "year", "year_from": 1962},
    {"place": "Derby Arboretum"},
    {"content_note": "Talks of a death."},
]


@pytest.mark.parametrize("fields", WORDS, ids=lambda fields: next(iter(fields)))
def test_nothing_changed_reaches_readers_before_it_is_shown(story, cast, fields):
    shelf_row = StoryIndex.objects.defer(None).filter(story=story)
    before = shelf_row.values().get()

    version = sent(story, **fields)

    story.refresh_from_db()
    assert story.shown.number == 1
    assert shelf_row.values().get() == before
    assert Story.objects.published().get() == story
    changes.take("show", version, by=cast.moderator)
    story.refresh_from_db()
    assert story.shown == version
    assert shelf_row.values().get() != before


def test_when_shown_the_version_before_is_an_old_one(story, cast):
    version = sent(story)

    changes.take("show", version, by=cast.moderator)

    assert list(story.versions.values_list("number", "state")) == [(1, "old"), (2, "shown")]
    story.refresh_from_db()
    assert story.waits_since is None
    assert shelf(story).opening == "I came by bus."


def test_a_new_picture_is_for_readers_only_when_it_is_shown(story, cast):
    version = changes.begin(story)
    picture = make_stories.picture(make_stories.story())
    picture.story = story
    picture.has_people = False
    picture.save()
    VersionPicture.objects.all().delete()
    VersionPicture.objects.create(version=version, picture=picture, description="A bus")

    changes.send(version)

    assert public_pictures() == set()
    assert shelf(story).cover is None or "key" not in shelf(story).cover
    changes.take("show", version, by=cast.moderator)
    assert public_pictures() == {picture}
    assert shelf(story).cover["words"] == "A bus"


def test_a_picture_taken_away_stays_until_that_is_shown(story, cast):
    picture = make_stories.picture(story, has_people=False)
    version = changes.begin(story)
    version.pictures.all().delete()

    changes.send(version)

    assert public_pictures() == {picture}
    changes.take("show", version, by=cast.moderator)
    assert public_pictures() == set()


def test_description_credit_and_order_wait_too(story, cast):
    first = make_stories.picture(story, has_people=False)
    second = make_stories.picture(story, description="A mill", has_people=False)
    version = changes.begin(story)
    for order, picture in enumerate((second, first)):
        use = version.pictures.get(picture=picture)
        use.order, use.description, use.credit = order, f"Described anew {order}", "Somebody else"
        use.save()

    changes.send(version)

    assert shelf(story).cover["words"] == "A tram in the rain"
    story.refresh_from_db()
    assert [use.credit for use in story.shown.pictures.all()] == ["Tess Teller", "Tess Teller"]
    changes.take("show", version, by=cast.moderator)
    assert shelf(story).cover["words"] == "Described anew 0"


def test_the_teller_is_told_of_each_step(story, cast):
    changes.take("ask", sent(story), by=cast.moderator, note="Which bus?")
    changes.take("refuse", sent(story, text="By the 6."), by=cast.moderator, note="We like the train.")
    changes.take("show", sent(story, text="By the 7."), by=cast.moderator)

    told = list(Mail.objects.order_by("pk").values_list("subject", flat=True))
    assert told == [
        "We have your change", "A question about your change", "We have your change", "About your change",
        "We have your change", "Your change is on the site",
    ]  # fmt: skip
    assert "Which bus?" in Mail.objects.get(subject="A question about your change").text
    assert f"/stories/{story.slug}/" in Mail.objects.get(subject="Your change is on the site").text
    assert not Mail.objects.filter(subject__icontains="words").exists()


def test_each_decision_is_written_down_without_a_title_or_name(story, cast):
    changes.take("ask", sent(story), by=cast.moderator, note="Which bus?")
    changes.take("show", sent(story, text="By the 7."), by=cast.moderator)

    lines = AuditEvent.objects.filter(action="story_changed").order_by("pk")
    assert [(line.by, line.new["step"]) for line in lines] == [
        (cast.moderator, "Ask for something else"),
        (cast.moderator, "Show the change"),
    ]
    every = " ".join(f"{line.object_words} {line.old} {line.new} {line.by_words}" for line in AuditEvent.objects.all())
    assert "First words" not in every
    assert "Tess" not in every


def test_what_is_refused_leaves_the_public_version_and_the_next_change_starts_from_it(story, cast):
    version = sent(story, text="Buy my buses.")

    changes.take("refuse", version, by=cast.moderator, note="That is an advert.")

    story.refresh_from_db()
    assert (story.status, story.latest, story.waits_since) == ("published", story.shown, None)
    assert shelf(story).opening == "I came by train."
    assert changes.begin(story).text == "I came by train."


def test_what_was_asked_about_goes_on_from_what_was_sent(story, cast):
    version = sent(story, text="I came by bus.")
    changes.take("ask", version, by=cast.moderator, note="Which one?")

    again = sent(story, text="I came by the number 6.")

    version.refresh_from_db()
    story.refresh_from_db()
    assert (version.state, again.state, story.latest) == ("old", "waiting", again)
    assert changes.begin(story).text == "I came by the number 6."


def test_a_second_change_takes_the_place_of_the_first_in_the_queue(story, cast):
    first = sent(story)
    since = Story.objects.get().waits_since
    second = sent(story, text="I walked.")

    first.refresh_from_db()
    assert first.state == "old"
    assert Story.objects.get().waits_since == since
    assert list(changes.waiting()) == [second]
    assert list(Story.objects.waiting()) == [story]
    with pytest.raises(Impossible, match="newer"):
        changes.take("show", first, by=cast.moderator)


def test_words_are_needed_to_ask_and_to_refuse(story, cast):
    version = sent(story)
    for step in ("ask", "refuse"):
        with pytest.raises(ValidationError):
            changes.take(step, version, by=cast.moderator, note="  ")
    version.refresh_from_db()
    assert version.state == "waiting"


def test_whoever_decides_must_have_seen_it_as_it_is(story, cast):
    version = sent(story)

    with pytest.raises(Impossible, match="after you opened"):
        changes.take("show", version, by=cast.moderator, seen_at="2020-01-01")
    story.refresh_from_db()
    changes.take("show", version, by=cast.moderator, seen_at=story.modified_at.isoformat())


MAY = {
    "anyone": False, "author": False, "stranger": False, "writer": False, "editor": False,
    "moderator": True, "administrator": True,
}  # fmt: skip


@pytest.mark.parametrize("step", changes.WORDS)
@pytest.mark.parametrize(("person", "may"), MAY.items())
def test_only_moderators_decide(story, cast, step, person, may):
    version = sent(story)
    by = getattr(cast, person)

    if may:
        assert changes.take(step, version, by=by, note="Words.").state != "waiting"
    else:
        with pytest.raises(PermissionDenied):
            changes.take(step, version, by=by, note="Words.")
        version.refresh_from_db()
        assert version.state == "waiting"


def test_nobody_shows_a_change_of_their_own(cast):
    mine = sent(make_stories.story(account=cast.moderator))
    typed = sent(make_stories.story(entered_by=cast.moderator))
    ours = make.partner()
    make.member(ours, person=cast.moderator)
    helped = sent(make_stories.story(partner=ours))

    for version in (mine, typed, helped):
        assert "show" not in changes.steps_open_to(version, cast.moderator)
        with pytest.raises(PermissionDenied):
            changes.take("show", version, by=cast.moderator)
        assert "show" in changes.steps_open_to(version, cast.administrator)


def test_it_is_decided_once(story, cast):
    version = sent(story)
    changes.take("show", version, by=cast.moderator)

    for step in changes.WORDS:
        with pytest.raises(Impossible):
            changes.take(step, version, by=cast.administrator, note="Words.")


def test_without_consent_it_is_not_shown(story, cast):
    version = sent(story)
    said = {"wording": ConsentVersion.objects.current(), "by": Consent.By.TELLER, "is_child": False}
    consent.answer(story, ["press"], **said)

    with pytest.raises(ValidationError, match="has not agreed"):
        changes.take("show", version, by=cast.moderator)


def test_it_waits_for_its_pictures(story, cast, run_jobs):
    picture = make_stories.picture(story, widths=[], has_people=False)
    version = sent(story)

    changes.take("show", version, by=cast.moderator)
    run_jobs()

    version.refresh_from_db()
    story.refresh_from_db()
    assert (version.state, story.shown.number, story.waits_since) == ("approved", 1, None)
    picture.widths = [320]
    picture.save()
    catch_up(timestamp=0)
    run_jobs()
    version.refresh_from_db()
    story.refresh_from_db()
    assert (version.state, story.shown) == ("shown", version)


def test_what_was_approved_is_not_shown_if_its_teller_says_no_meanwhile(story, cast):
    picture = make_stories.picture(story, widths=[], has_people=False)
    version = sent(story)
    changes.take("show", version, by=cast.moderator)
    said = {"wording": ConsentVersion.objects.current(), "by": Consent.By.TELLER, "is_child": False}
    consent.answer(story, [], **said)
    picture.widths = [320]
    picture.save()

    show_change_when_ready(version_id=version.pk)

    version.refresh_from_db()
    story.refresh_from_db()
    assert (version.state, story.shown.number) == ("waiting", 1)
    assert story.waits_since is not None


def test_an_older_approved_change_never_comes_after_a_newer_one(story, cast):
    picture = make_stories.picture(story, widths=[], has_people=False)
    old = sent(story)
    changes.take("show", old, by=cast.moderator)
    new = begun(story, text="I walked.")
    new.pictures.all().delete()
    changes.send(new)
    changes.take("show", new, by=cast.moderator)
    picture.widths = [320]
    picture.save()

    show_change_when_ready(version_id=old.pk)
    show_change_when_ready(version_id=10**9)

    story.refresh_from_db()
    assert story.shown == new


def test_a_story_with_a_change_waiting_is_just_taken_back(story, cast):
    version = sent(story)

    workflow.take("withdraw", story, by=Role.TELLER)

    assert not StoryIndex.objects.exists()
    assert list(changes.waiting()) == []
    with pytest.raises(Impossible):
        changes.take("show", version, by=cast.moderator)
    story = workflow.take("bring_back", story, by=Role.TELLER)
    assert story.status == "submitted"
    assert story.latest == version  # all of it is read again


def test_a_change_waits_on_after_a_story_was_held(story, cast):
    version = sent(story)
    workflow.take("hold", story, by=Role.PORTAL)

    with pytest.raises(Impossible):
        changes.take("show", version, by=cast.administrator)
    with pytest.raises(Impossible):
        changes.begin(story)
    workflow.take("lift", story, by=cast.administrator)
    assert list(changes.waiting()) == [version]


def test_answering_a_question_sends_the_story_again(cast):
    story = make_stories.story(status="change_asked")
    version = sent(story, text="Without the address.")

    story.refresh_from_db()
    assert (story.status, story.latest, version.state) == ("submitted", version, "waiting")
    assert story.versions.get(number=1).state == "old"
    assert Mail.objects.get().subject == "We have your change"


def test_a_question_may_be_answered_with_the_same_words(cast):
    """What was asked about may be who is on a picture, which no version holds."""
    story = make_stories.story(status="change_asked")

    changes.send(changes.begin(story))

    story.refresh_from_db()
    assert story.status == "submitted"


@pytest.mark.parametrize("status", ["submitted", "in_review"])
def test_what_is_not_public_yet_is_simply_newer(status, cast):
    story = make_stories.story(status=status)
    seen_at = Story.objects.get().modified_at.isoformat()

    version = sent(story)

    story.refresh_from_db()
    assert (story.status, story.latest, version.state) == (status, version, "waiting")
    if status == "in_review":
        with pytest.raises(Impossible, match="after you opened"):
            workflow.take("approve", story, by=cast.moderator, seen_at=seen_at)


def test_nothing_is_sent_that_is_empty_or_the_same(story):
    version = changes.begin(story)
    with pytest.raises(ValidationError, match="not changed"):
        changes.send(version)
    for field in ("title", "text"):
        with pytest.raises(ValidationError, match="title and a few words"):
            changes.send(begun(story, **{field: "  "}))
        begun(story, **{field: "Words"})


def test_it_is_sent_once(story):
    version = sent(story)

    with pytest.raises(Impossible):
        changes.send(version)
    assert Mail.objects.count() == 1


def test_what_is_being_written_can_be_thrown_away(story):
    version = changes.begin(story)

    changes.drop(version)

    assert story.versions.count() == 1
    with pytest.raises(Impossible):
        changes.drop(version)
    with pytest.raises(Impossible):
        changes.send(version)


def test_what_was_sent_can_be_taken_back_until_it_is_decided(story, cast):
    changes.drop(sent(story))

    story.refresh_from_db()
    assert (story.latest, story.waits_since) == (story.shown, None)
    version = sent(story)
    changes.take("show", version, by=cast.moderator)
    with pytest.raises(Impossible):
        changes.drop(version)


def test_a_story_that_came_in_a_flood_was_read_before_its_change_came():
    story = make_stories.story(is_rate_limited=True)
    sent(story)

    assert list(Story.objects.waiting()) == [story]


def named(version, *wanted):
    display_name.Named(*wanted).on(version).save()


def test_another_name_is_shown_with_the_change(story, cast):
    version = begun(story)
    named(version, "pen", "Tess Teller", "Rail Rosie")

    changes.send(version)
    assert display_name.after(version) == "Rail Rosie"
    assert shelf(story).told_by == "Tess Teller"
    changes.take("show", version, by=cast.moderator)

    assert shelf(story).told_by == "Rail Rosie"


def test_a_refused_name_is_never_shown(story, cast):
    version = begun(story)
    named(version, "pen", "Tess Teller", "Rude Name")
    changes.send(version)
    changes.take("refuse", version, by=cast.moderator, note="Another name, please.")

    changes.take("show", sent(story), by=cast.moderator)

    assert shelf(story).told_by == "Tess Teller"


def test_a_name_asked_for_before_is_forgotten_when_its_teller_hides_it(story, cast):
    version = begun(story)
    named(version, "pen", "Tess Teller", "Rail Rosie")
    changes.send(version)
    story.refresh_from_db()

    display_name.set_now(story, display_name.Named("none"))
    assert shelf(story).told_by == ""
    changes.take("show", version, by=cast.moderator)

    assert shelf(story).told_by == ""


def test_a_name_asked_for_is_read_with_a_story_that_is_brought_back(story):
    version = begun(story)
    named(version, "pen", "Tess Teller", "Rail Rosie")
    changes.send(version)
    workflow.take("withdraw", story, by=Role.TELLER)

    story = workflow.take("bring_back", story, by=Role.TELLER)

    assert story.contributor.shown_name == "Rail Rosie"
