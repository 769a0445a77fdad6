"""What a parent or guardian decides, by the link in their mail.

They may allow what the young person allows, or less, never more; and take it back at any time until the
young person is grown up.
"""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from stories import emails, workflow
from stories.consent import consent, guardian_requests
from stories.models import Consent, ConsentVersion, Contributor, Purpose, Story
from stories.workflow import Role

_NOT_ME = (
    "Hello,",
    (
        "we wrote to the address you gave us for your parent or guardian. Whoever got the mail says that they are not "
        "your parent or guardian. We have forgotten that address, and your story waits."
    ),
    "Please ask your parent or guardian for their address, and send it to us from the page of your story.",
)


_PUBLIC_OR_SOON = (Story.Status.PUBLISHED, Story.Status.APPROVED, Story.Status.SCHEDULED)


class Ended(Exception):
    """Somebody has answered already, or the story has gone on since the page was shown."""


def find(text: str) -> Story | None:
    """The story this link is about, if it was sent to whoever answers for its teller now."""
    key = token_links.find(text, AccessToken.Purpose.GUARDIAN)
    if key is None:
        return None
    story = Story.objects.select_related("contributor", "latest", "latest__ward").filter(pk=key.object_id).first()
    contributor = getattr(story, "contributor", None)
    if contributor is None or contributor.age != Contributor.Age.TEENAGER:
        return None
    return story if contributor.guardian_email.lower() == key.email else None


def is_asked(story: Story) -> bool:
    return story.status == Story.Status.AWAITING_GUARDIAN


def has_agreed(story: Story) -> bool:
    gone = (Story.Status.DRAFT, Story.Status.WITHDRAWN, Story.Status.AWAITING_VERIFICATION)
    return story.contributor.guardian_confirmed_at is not None and story.status not in gone


def wording_of(story: Story) -> ConsentVersion:
    """The words the young person was asked in, so that both say yes to the same."""
    asked = Consent.objects.filter(story=story).exclude(by=Consent.By.GUARDIAN).order_by("at", "pk").last()
    return asked.wording if asked else ConsentVersion.objects.current()


@transaction.atomic
def agree(
    text: str, *, given: Collection[str], name: str, relation: str, wording: ConsentVersion | None = None
) -> None:
    """Raises Ended."""
    story = _locked(text, is_asked)
    _same(story, wording)
    contributor = story.contributor
    contributor.guardian_name, contributor.adult_role = name, relation
    contributor.guardian_confirmed_at = timezone.now()
    contributor.save(update_fields=["guardian_name", "adult_role", "guardian_confirmed_at"])
    _answer(story, given)
    workflow.take("guardian_agrees", story, by=Role.GUARDIAN)
    guardian_requests.prolong(story)
    guardian_requests.thank(story, text)


@transaction.atomic
def refuse(text: str) -> None:
    """Raises Ended."""
    story = _locked(text, is_asked)
    _answer(story, ())
    workflow.take("guardian_refuses", story, by=Role.GUARDIAN)
    token_links.revoke_all(AccessToken.Purpose.GUARDIAN, story)


@transaction.atomic
def is_not_me(text: str) -> None:
    """The address is somebody else’s: it is forgotten, and the teller may give another. Raises Ended."""
    story = _locked(text, is_asked)
    contributor = story.contributor
    guardian_requests.is_nobody_to(contributor)
    contributor.guardian_name = contributor.guardian_email = ""
    contributor.save(update_fields=["guardian_name", "guardian_email"])
    token_links.revoke_all(AccessToken.Purpose.GUARDIAN, story)
    new = {"answered": "Somebody who is not their parent or guardian"}
    audit_log.write(AuditEvent.Action.STORY, story, by=None, by_words=str(Role.GUARDIAN), new=new)
    if contributor.email and contributor.email_verified_at:
        emails.to_teller(story, "We need another address", *_NOT_ME)


@transaction.atomic
def change(text: str, *, given: Collection[str], wording: ConsentVersion | None = None) -> None:
    """Of what may be done. A story that may no longer be shown on this site is taken back. Raises Ended."""
    story = _locked(text, has_agreed)
    _same(story, wording)
    _answer(story, given)
    if story.status in _PUBLIC_OR_SOON and not consent.is_allowed(story, Purpose.SITE):
        _take_back(story)


@transaction.atomic
def take_back(text: str) -> None:
    """Raises Ended."""
    story = _locked(text, has_agreed)
    _answer(story, ())
    _take_back(story)


def _take_back(story: Story) -> None:
    contributor = story.contributor
    contributor.guardian_confirmed_at = None  # so that whoever brings it back needs another yes
    contributor.save(update_fields=["guardian_confirmed_at"])
    try:
        workflow.take("withdraw", story, by=Role.GUARDIAN)
    except workflow.Impossible:
        raise Ended from None
    token_links.revoke_all(AccessToken.Purpose.GUARDIAN, story)


def _locked(text: str, is_right) -> Story:
    """Nobody else answers before this transaction ends."""
    story = find(text)
    if story is not None:
        Story.objects.select_for_update().get(pk=story.pk)
        story = find(text)
    if story is None or story.status == Story.Status.HELD or not is_right(story):
        raise Ended
    return story


def _same(story: Story, wording: ConsentVersion | None) -> None:
    """That these are the words they have read. Raises Ended."""
    if wording is not None and wording != wording_of(story):
        raise Ended


def _answer(story: Story, given: Collection[str]) -> None:
    """Of what the young person wishes; there is nothing else to say yes to."""
    wished = consent.wished(story)
    allowed = [purpose for purpose in wished if purpose in given]
    wording = wording_of(story)
    consent.answer(story, allowed, wording=wording, by=Consent.By.GUARDIAN, is_child=False, purposes=sorted(wished))
