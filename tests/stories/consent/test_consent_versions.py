"""Another wording of consent is put to use; tellers are asked again if it means something else."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from stories import jobs
from stories.consent import consent, consent_versions
from stories.models import ConsentVersion, Contributor, Story, StoryIndex
from tests import make_stories as told

pytestmark = pytest.mark.django_db

CHANGED = "We now work with radio stations, too."


def put_to_use(cast, *, is_material=True, what_changed=CHANGED):
    wording = consent_versions.draft_of_next(by=cast.administrator)
    return consent_versions.put_to_use(
        wording, by=cast.administrator, is_material=is_material, what_changed=what_changed
    )


def test_the_next_one_begins_as_a_copy(cast):
    current = ConsentVersion.objects.current()

    draft = consent_versions.draft_of_next(by=cast.administrator)

    assert draft.number == 2
    assert draft.used_since is None
    assert draft.licence == current.licence
    assert [line.words for line in draft.lines.all()] == [line.words for line in current.lines.all()]
    assert ConsentVersion.objects.current() == current
    assert consent_versions.draft_of_next(by=cast.administrator) == draft  # one at a time


def test_it_is_what_tellers_read_once_it_is_in_use(cast):
    used = put_to_use(cast)

    assert ConsentVersion.objects.current() == used
    assert used.by == cast.administrator
    event = AuditEvent.objects.get(action="wording")
    assert event.by == cast.administrator
    assert event.new == {"version": 2, "means something else": "Yes"}


@pytest.mark.parametrize("who", ["writer", "editor", "moderator", "stranger"])
def test_only_administrators_put_one_to_use(cast, who):
    wording = consent_versions.draft_of_next(by=cast.administrator)

    with pytest.raises(PermissionDenied):
        consent_versions.put_to_use(wording, by=getattr(cast, who), is_material=False)


def test_it_is_put_to_use_once(cast):
    used = put_to_use(cast)

    with pytest.raises(consent_versions.InUse):
        consent_versions.put_to_use(used, by=cast.administrator, is_material=False)


def test_it_has_words_for_every_box(cast):
    wording = consent_versions.draft_of_next(by=cast.administrator)
    wording.lines.get(purpose="press").delete()

    with pytest.raises(ValidationError, match="In the press"):
        consent_versions.put_to_use(wording, by=cast.administrator, is_material=False)


def test_tellers_are_told_what_has_changed(cast):
    with pytest.raises(ValidationError, match="what has changed"):
        put_to_use(cast, what_changed="  ")


def test_each_teller_gets_one_mail(cast, run_jobs):
    told.story(email="one@example.org")
    told.story(email="one@example.org", status="submitted")
    told.story(email="two@example.org", status="change_asked", title="My secret")
    used = put_to_use(cast)

    run_jobs()

    assert sorted(Mail.objects.values_list("to", flat=True)) == ["one@example.org", "two@example.org"]
    assert Contributor.objects.filter(asked_wording=used, asked_at__isnull=False).count() == 3


def test_the_mail_leads_to_the_choices_and_says_what_changed(cast):
    story = told.story(email="one@example.org", title="My secret", full_name="Wanda Whispers")
    other = told.story(email="one@example.org")
    put_to_use(cast)

    assert consent_versions.ask() == 1

    mail = Mail.objects.get()
    assert CHANGED in mail.text
    assert mail.is_secret
    assert mail.text.count("/consent/?key=") == 2
    for one in (story, other):
        text = mail.text.split(f"/my-stories/{one.slug}/consent/?key=")[1].split()[0]
        assert token_links.find(text, AccessToken.Purpose.MY_STORY).thing == one
    assert "secret" not in mail.text
    assert "Whispers" not in mail.text + mail.subject


def test_the_old_scope_holds_until_they_answer(cast):
    story = told.story(allowed=("site", "press"))
    put_to_use(cast)
    consent_versions.ask()

    assert consent.allowed(story) == {"site", "press"}
    assert Story.objects.published().get() == story
    assert StoryIndex.objects.count() == 1
    assert "/stories/" in story.get_absolute_url()


def test_whoever_answers_is_asked_no_more(cast):
    story = told.story()
    used = put_to_use(cast)
    consent.answer(story, ["site"], wording=used, by="teller", is_child=False)

    assert consent_versions.ask() == 0


def test_nobody_is_asked_for_clearer_words(cast, run_jobs):
    told.story()

    put_to_use(cast, is_material=False, what_changed="")
    run_jobs()
    jobs.remind_tellers(timestamp=0)

    assert not Mail.objects.exists()
    assert not Contributor.objects.exclude(asked_wording=None)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "withdrawn"},
        {"status": "declined"},
        {"status": "removed"},
        {"status": "held"},
        {"status": "draft"},
        {"status": "awaiting_address"},
        {"status": "awaiting_guardian"},
        {"email": ""},
        {"email_verified_at": None},
        {"way": "sample"},
    ],
)
def test_some_are_not_asked(cast, fields):
    told.story(**fields)
    put_to_use(cast)

    assert consent_versions.ask() == 0


def test_a_story_that_comes_in_the_old_words_is_asked_later(cast):
    story = told.story(status="awaiting_address", email_verified_at=timezone.now())
    put_to_use(cast)
    assert consent_versions.ask() == 0

    Story.objects.filter(pk=story.pk).update(status="submitted")

    assert consent_versions.ask() == 1
    assert consent_versions.ask() == 0


def test_one_reminder_after_thirty_days(cast):
    told.story()
    put_to_use(cast)
    consent_versions.ask()
    assert consent_versions.remind() == 0

    Contributor.objects.update(asked_at=timezone.now() - datetime.timedelta(days=31))

    assert consent_versions.remind() == 1
    assert consent_versions.remind() == 0
    assert "a month ago" in Mail.objects.order_by("pk").last().text


def test_whoever_said_yes_for_a_young_person_is_told(cast):
    told.story(age="13-17", guardian_email="pat@example.org", guardian_confirmed_at=timezone.now())
    put_to_use(cast)

    consent_versions.ask()

    mail = Mail.objects.get(to="pat@example.org")
    assert CHANGED in mail.text
    assert "/guardian/?key=" in mail.text


def test_a_job_that_runs_twice_asks_once(cast):
    told.story()
    put_to_use(cast)

    jobs.ask_about_wording()
    jobs.ask_about_wording()

    assert Mail.objects.count() == 1
