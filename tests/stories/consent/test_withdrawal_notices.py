"""Who named bodies may have used a story: the team is asked to tell them when it, or one use of it, is taken back."""

import pytest

from cms.outbox.models import Mail
from cms.site_settings.models import NamedBody, SiteSettings
from stories import workflow
from stories.consent import consent, consent_versions
from stories.models import Consent
from stories.retention import erase
from stories.workflow import Role
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db
SUBJECT = "Please tell those who use a story"


@pytest.fixture
def before():
    """Public, and asked in words that named nobody."""
    return told.story(status="published", allowed=("site", "press"))


@pytest.fixture
def wording():
    SiteSettings.objects.update(contact_email="team@example.org")
    NamedBody.objects.create(settings_id=1, name="The Gazette", use="press", told_how="We email its picture desk.")
    NamedBody.objects.create(settings_id=1, name="The Museum", use="museum", told_how="We ring its curator.")
    person = make.user(is_staff=True, is_superuser=True)
    return consent_versions.put_to_use(consent_versions.draft_of_next(by=person), by=person, is_material=False)


def public(wording, *allowed, status="published"):
    story = told.story(status=status, allowed=("site",))
    consent.answer(story, ["site", *allowed], wording=wording, by=Consent.By.TELLER, is_child=False)
    return story


def asked():
    return Mail.objects.filter(subject=SUBJECT)


def test_the_team_is_asked_to_tell_those_who_may_have_used_it(wording):
    story = public(wording, "press")

    workflow.take("withdraw", story, by=Role.TELLER)

    (mail,) = asked()
    assert mail.to == "team@example.org"
    assert "The Gazette. We email its picture desk." in mail.text
    assert "The Museum" not in mail.text
    assert story.get_absolute_url() in mail.text
    assert story.latest.title not in mail.text


def test_without_an_address_of_the_team_those_who_read_stories_are_asked(wording, cast):
    SiteSettings.objects.update(contact_email="")

    workflow.take("withdraw", public(wording, "press"), by=Role.TELLER)

    assert cast.moderator.email in set(asked().values_list("to", flat=True))
    assert cast.editor.email not in set(asked().values_list("to", flat=True))


def test_the_request_outlives_a_story_that_is_erased_at_once(wording):
    story = public(wording, "museum")

    erase.erase(story, asked_by="teller")

    assert "The Museum. We ring its curator." in asked().get().text


def test_one_use_that_is_not_allowed_any_more_is_told_to_those_of_that_use(wording):
    story = public(wording, "press", "museum")

    consent.answer(story, ["site", "museum"], wording=wording, by=Consent.By.TELLER, is_child=False)

    text = asked().get().text
    assert "The Gazette" in text
    assert "The Museum" not in text


def test_nobody_is_told_of_what_nobody_could_use(before, wording):
    for story in (
        public(wording),  # allowed on the site alone
        public(wording, "print"),  # nobody is named for that
        public(wording, "press", status="submitted"),  # was never public
        before,
    ):
        workflow.take("withdraw", story, by=Role.TELLER)

    assert not asked().exists()


def test_allowing_more_tells_nobody(wording):
    story = public(wording, "press")

    consent.answer(story, ["site", "press", "museum"], wording=wording, by=Consent.By.TELLER, is_child=False)

    assert not asked().exists()
