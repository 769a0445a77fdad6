"""Deciding about a concern: once, with words, by those who may, and never about one's own."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from stories import workflow
from stories.models import Report, Story, StoryPicture
from stories.reports import decisions, file_report
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db


def take_in(story, category, picture=None):
    return file_report.take_in(
        story,
        picture=picture,
        category=category,
        words="Private words",
        email="reader@example.org",
        network="192.0.2.7",
    )


def decide(report, by, *, has_acted=True, words="We have looked at it.", also="", to_teller=""):
    return decisions.decide(report, by=by, has_acted=has_acted, words=words, also=also, to_teller=to_teller)


def status(story):
    return Story.objects.get(pk=story.pk).status


@pytest.mark.parametrize(("has_acted", "state"), [(True, "acted"), (False, "kept")])
def test_it_is_decided_with_words_and_whoever_reported_it_gets_them(cast, has_acted, state):
    report = decide(told.report(told.story(), email="reader@example.org"), cast.moderator, has_acted=has_acted)

    mail = Mail.objects.get(to="reader@example.org")
    assert (report.state, report.outcome, report.decided_by) == (state, "We have looked at it.", cast.moderator)
    assert report.decided_at
    assert "We have looked at it." in mail.text
    assert mail.is_secret
    assert "/concern/outcome/?key=" in mail.text


def test_the_mail_names_neither_story_nor_teller_nor_category(cast):
    story = told.story(title="The tram depot", full_name="Tess Teller")
    decide(told.report(story, email="reader@example.org", category="child", words="Secret"), cast.administrator)

    mail = Mail.objects.get(to="reader@example.org")
    for secret in ("tram depot", "Tess", story.slug, story.contributor.email, "child", "Secret", "Moderator"):
        assert secret not in mail.subject + mail.text


def test_whoever_left_no_address_gets_no_mail(cast):
    decide(told.report(told.story()), cast.moderator)

    assert not Mail.objects.exists()


def test_without_words_nothing_is_decided(cast):
    report = told.report(told.story())

    with pytest.raises(ValidationError, match="what they should know"):
        decide(report, cast.moderator, words="  ")

    assert Report.objects.get(pk=report.pk).state == "open"


def test_it_is_decided_once(cast):
    report = told.report(told.story())
    decide(report, cast.moderator)

    with pytest.raises(decisions.Decided):
        decide(report, cast.administrator, has_acted=False)


def test_the_story_is_taken_down_with_it_and_its_teller_told_in_other_words(cast):
    story = told.story()

    decide(told.report(story), cast.moderator, also="remove", to_teller="It named a home.")

    assert status(story) == "removed"
    mail = Mail.objects.get(to=story.contributor.email)
    assert "It named a home." in mail.text
    assert "We have looked at it." not in mail.text


def test_taking_it_down_needs_words_for_its_teller(cast):
    story = told.story()

    with pytest.raises(ValidationError) as error:
        decide(told.report(story), cast.moderator, also="remove")

    assert set(error.value.error_dict) == {"to_teller"}
    assert status(story) == "published"
    assert Report.objects.get().state == "open"


def test_why_it_is_held_is_not_for_its_teller(cast):
    story = told.story()

    decide(told.report(story), cast.moderator, also="hold", to_teller="Somebody fears for the child.")

    assert status(story) == "held"
    assert "fears" not in Mail.objects.get(to=story.contributor.email).text
    assert Story.objects.get(pk=story.pk).words == ""


@pytest.mark.parametrize("also", ["remove", "hold", "hide_picture"])
def test_what_is_changed_is_not_left_as_it_is(cast, also):
    story = told.story()
    report = told.report(story, picture=told.picture(story))

    with pytest.raises(ValidationError, match="That is a change"):
        decide(report, cast.moderator, has_acted=False, also=also, to_teller="So.")


@pytest.mark.parametrize("also", ["publish", "approve", "withdraw", "lift", "show_picture", "nonsense"])
def test_only_what_can_be_done_now_is_done(cast, also):
    story = told.story()
    report = told.report(story, picture=told.picture(story))

    with pytest.raises(ValidationError, match="cannot be done"):
        decide(report, cast.administrator, also=also)

    assert status(story) == "published"


def test_a_picture_is_hidden_or_shown_with_it(cast):
    story = told.story()
    picture = told.picture(story)

    decide(told.report(story, picture=picture), cast.moderator, also="hide_picture")
    assert StoryPicture.objects.get(pk=picture.pk).is_hidden

    decide(told.report(story, picture=picture), cast.moderator, has_acted=False, also="show_picture")
    assert not StoryPicture.objects.get(pk=picture.pk).is_hidden


# What was hidden at once


def test_what_was_hidden_at_once_is_not_left_between(cast):
    story = told.story()
    report = take_in(story, "child")

    with pytest.raises(ValidationError, match="still is"):
        decide(report, cast.administrator, has_acted=False)

    decide(report, cast.administrator, has_acted=False, also="lift")
    assert status(story) == "published"


def test_a_picture_hidden_at_once_is_shown_again_where_nothing_was_wrong(cast):
    picture = told.picture(told.story())
    report = take_in(picture.story, "me", picture)

    with pytest.raises(ValidationError, match="still is"):
        decide(report, cast.moderator, has_acted=False)

    decide(report, cast.moderator, has_acted=False, also="show_picture")
    assert not StoryPicture.objects.get(pk=picture.pk).is_hidden


def test_what_stays_hidden_was_changed(cast):
    story = told.story()

    decide(take_in(story, "child"), cast.administrator)

    assert status(story) == "held"


# Who


def test_a_child_at_risk_is_decided_by_those_who_look_after_safeguarding(cast):
    report = told.report(told.story(), category="child")

    with pytest.raises(PermissionDenied):
        decide(report, cast.moderator)

    assert decide(report, cast.administrator).state == "acted"


@pytest.mark.parametrize("who", ["author", "stranger", "writer", "editor"])
def test_others_decide_nothing(cast, who):
    with pytest.raises(PermissionDenied):
        decide(told.report(told.story()), getattr(cast, who))


def test_whose_rights_are_limited_sees_none(cast):
    report = told.report(told.story())
    cast.moderator.is_limited = True
    cast.moderator.save()

    assert not decisions.seen_by(cast.moderator).exists()
    with pytest.raises(PermissionDenied):
        decide(report, cast.moderator)


def of_account(person):
    return told.story(account=person)


def of_address(person):
    return told.story(email=person.email)


def typed_in(person):
    return told.story(entered_by=person)


def of_their_partner(person):
    partner = make.partner()
    make.member(partner, person=person)
    return told.story(partner=partner)


@pytest.mark.parametrize("made", [of_account, of_address, typed_in, of_their_partner])
def test_nobody_sees_or_decides_what_is_said_about_their_own(cast, made):
    story = made(cast.administrator)
    report = told.report(story, category="child")
    assert workflow.is_own(story, cast.administrator)

    assert not decisions.seen_by(cast.administrator).exists()
    assert not decisions.waiting_for(cast.administrator).exists()
    with pytest.raises(PermissionDenied):
        decide(report, cast.administrator)


def test_who_may_only_read_sees_no_worry_about_a_child(cast):
    child, other = told.report(told.story(), category="child"), told.report(told.story())

    assert set(decisions.seen_by(cast.editor)) == {other}
    assert set(decisions.seen_by(cast.moderator)) == {child, other}
    assert set(decisions.waiting_for(cast.editor)) == set()
    assert set(decisions.waiting_for(cast.moderator)) == {other}
    assert set(decisions.waiting_for(cast.administrator)) == {child, other}


def test_a_report_outlives_its_story(cast):
    story = told.story(status="withdrawn")
    report = told.report(story)
    slug = story.slug
    Story.objects.filter(pk=story.pk).delete()
    report.refresh_from_db()

    decide(report, cast.moderator)

    assert (report.story, report.story_slug) == (None, slug)
    assert AuditEvent.objects.filter(action="report_decided", object_words__contains=slug).exists()


def test_the_record_says_what_was_decided_and_not_what_was_written(cast):
    story = told.story()
    report = told.report(story, words="Private words", email="reader@example.org")

    decide(report, cast.moderator, words="Answered with Private words.", also="remove", to_teller="So.")

    line = AuditEvent.objects.get(action="report_decided")
    assert (line.by, line.object_id) == (cast.moderator, story.pk)
    assert line.new == {
        "report": report.pk,
        "decided": "Something was changed or taken down",
        "in time": True,
        "did": "Take the story down",
    }
    assert "Private words" not in " ".join(str(vars(event)) for event in AuditEvent.objects.all())


def test_what_should_be_hidden_and_is_not_is_urgent(cast):
    plain, held = told.report(told.story(), category="child"), take_in(told.story(), "child")
    picture = told.picture(told.story())
    on_picture = told.report(picture.story, category="me", picture=picture)
    other = told.report(told.story())

    assert set(Report.objects.filter(decisions.urgent())) == {plain, on_picture}
    assert {held, other}.isdisjoint(Report.objects.filter(decisions.urgent()))
