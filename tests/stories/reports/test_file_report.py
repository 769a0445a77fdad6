"""Taking a concern in: what is hidden at once, who is told, and what nobody learns."""

import datetime

import pytest
from django.utils import timezone

from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from stories.models import Report, Story, StoryIndex, StoryPicture
from stories.reports import file_report
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db

NETWORK = "192.0.2.7"


def take_in(story, category="other", *, picture=None, words="Please look.", email="", network=NETWORK):
    return file_report.take_in(story, picture=picture, category=category, words=words, email=email, network=network)


def status(story):
    return Story.objects.get(pk=story.pk).status


def is_hidden(picture):
    return StoryPicture.objects.get(pk=picture.pk).is_hidden


def test_a_child_at_risk_takes_the_story_off_the_site_at_once(cast):
    story = told.story()

    report = take_in(story, "child")

    assert report.hid_at_once
    assert status(story) == "held"
    assert not StoryIndex.objects.filter(story=story).exists()


def test_whoever_looks_after_safeguarding_is_mailed_without_details(cast):
    story = told.story(title="A title nobody should see")

    report = take_in(story, "child", words="Words nobody should see", email="reporter@example.org")

    mails = Mail.objects.filter(subject="A concern that cannot wait")
    assert [mail.to for mail in mails] == [cast.administrator.email]
    assert f"/admin/stories/report/{report.pk}/change/" in mails[0].text
    assert not any(secret in mails[0].text for secret in ("nobody should see", "reporter@", "Tess"))


def test_staff_whose_rights_are_limited_are_not_mailed(cast):
    cast.administrator.is_limited = True
    cast.administrator.save()

    take_in(told.story(), "child")

    assert not Mail.objects.filter(subject="A concern that cannot wait").exists()


@pytest.mark.parametrize("category", ["private", "hate", "not_true", "copyright", "other", "me"])
def test_everything_else_waits_until_somebody_has_looked(category):
    story = told.story()
    picture = told.picture(story)

    report = take_in(story, category)

    assert not report.hid_at_once
    assert (status(story), is_hidden(picture)) == ("published", False)
    assert not Mail.objects.filter(subject="A concern that cannot wait").exists()


def test_who_is_on_a_picture_and_does_not_agree_has_that_picture_hidden_at_once():
    story = told.story()
    theirs, another = told.picture(story), told.picture(story)

    report = take_in(story, "me", picture=theirs, words="")

    assert report.hid_at_once
    assert (is_hidden(theirs), is_hidden(another), status(story)) == (True, False, "published")


def test_another_concern_about_a_picture_hides_nothing():
    picture = told.picture(told.story())

    report = take_in(picture.story, "copyright", picture=picture)

    assert report.picture == picture
    assert not is_hidden(picture)


def test_one_network_cannot_empty_the_site_by_reporting_it():
    stories = [told.story() for _ in range(5)]

    reports = [take_in(story, "child") for story in stories]

    assert [report.hid_at_once for report in reports] == [True, True, True, False, False]
    assert [status(story) for story in stories] == ["held"] * 3 + ["published"] * 2
    assert take_in(stories[4], "child", network="192.0.2.8").hid_at_once


def test_pictures_and_stories_count_together():
    for _ in range(3):
        picture = told.picture(told.story())
        take_in(picture.story, "me", picture=picture, words="")

    assert not take_in(told.story(), "child").hid_at_once


def test_what_was_not_hidden_is_mailed_as_such(cast):
    for _ in range(4):
        last = take_in(told.story(), "child")

    mail = Mail.objects.order_by("pk").last()
    assert f"/{last.pk}/" in mail.text
    assert "was not hidden by this report" in mail.text


def test_a_story_that_is_held_already_counts_for_nothing():
    story = told.story()
    first, second = take_in(story, "child", words="One"), take_in(story, "child", words="Two")

    assert (first.hid_at_once, second.hid_at_once) == (True, False)
    assert [take_in(told.story(), "child").hid_at_once for _ in range(3)] == [True, True, False]


def test_sent_twice_it_is_one():
    story = told.story()

    assert take_in(story) == take_in(story)
    assert Report.objects.count() == 1


def test_sent_again_after_it_was_decided_it_is_another():
    story = told.story()
    first = take_in(story)
    first.state, first.outcome = "kept", "We looked."
    first.save()

    assert take_in(story) != first


def test_the_record_knows_that_something_was_reported_and_none_of_the_words():
    story = told.story()

    report = take_in(story, "child", words="A secret", email="reporter@example.org")

    line = AuditEvent.objects.get(action="reported")
    assert line.object_id == story.pk
    assert line.new == {"report": report.pk, "category": "A child may be at risk", "hidden at once": True}
    kept = " ".join(str(vars(event)) for event in AuditEvent.objects.all())
    assert "secret" not in kept
    assert "reporter@" not in kept


def test_the_teller_hears_nothing_of_who_wrote_or_what():
    story = told.story()

    take_in(story, "child", words="A secret", email="reporter@example.org")

    mails = list(Mail.objects.filter(to=story.contributor.email))
    assert [mail.subject for mail in mails] == ["Your story takes a little longer"]
    assert not any(word in mails[0].text for word in ("secret", "reporter@", "child"))


def test_addresses_are_kept_in_small_letters():
    assert take_in(told.story(), email="Reporter@Example.ORG").email == "reporter@example.org"


NEVER_PUBLIC = (
    "draft", "awaiting_address", "awaiting_guardian", "submitted", "in_review", "change_asked", "approved", "scheduled",
    "declined", "held", "withdrawn",
)  # fmt: skip


@pytest.mark.parametrize("status", NEVER_PUBLIC)
def test_nobody_can_report_what_was_never_public(status):
    assert file_report.story_at(told.story(status=status).slug) is None


@pytest.mark.parametrize("status", ["held", "withdrawn", "removed"])
def test_what_was_public_a_moment_ago_can_still_be_reported(status):
    story = told.story(status=status, published_at=timezone.now(), words="So.")

    assert file_report.story_at(story.slug) == story

    story.status_since = timezone.now() - datetime.timedelta(hours=25)
    story.save()

    assert file_report.story_at(story.slug) is None


def test_a_picture_is_found_only_with_its_own_story():
    story, other = told.story(), told.story()
    picture = told.picture(story)

    assert file_report.picture_at(story, str(picture.key)) == picture
    assert file_report.picture_at(other, str(picture.key)) is None
    assert file_report.picture_at(story, "no key") is None


def test_a_picture_of_a_change_that_waits_is_not_found():
    story = told.story()
    told.version(story)
    waiting = told.picture(story)

    assert file_report.picture_at(story, str(waiting.key)) is None


def test_a_member_of_staff_without_the_right_is_not_mailed(cast):
    make.staff("Editor")

    take_in(told.story(), "child")

    assert Mail.objects.filter(subject="A concern that cannot wait").count() == 1
