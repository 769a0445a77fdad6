"""That an address is its teller's: by a link or six figures, sent to it. Staff see no story before.

An address we know is asked as any other, and never refused; GET shows, POST acts.
"""

import datetime
import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cms import limits
from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.outbox import mail
from stories import workflow
from stories.consent import guardian_requests
from stories.models import Story
from stories.workflow import Role

LINK_DAYS, CODE_HOURS = 3, 24
MOST_OF_AN_ADDRESS = 10  # stories a day, before a person looks
MOST_MAILS, MOST_TRIES = 5, 15  # of one story in a day
MOST_TO_AN_ADDRESS = 20  # a day: ten stories, each asked for twice
_DAY = 24 * 60 * 60


def has_told_many(email: str) -> bool:
    """Counts one more story of an address that is its teller's: nobody else can fill up its day."""
    return limits.count("stories of", email, seconds=_DAY) > MOST_OF_AN_ADDRESS


@transaction.atomic
def ask(story: Story) -> bool:
    """Mails a link and a code; earlier codes end. False where enough were sent today."""
    person = story.contributor
    is_allowed = limits.allows("story address", str(story.pk), most=MOST_MAILS, seconds=_DAY)
    if not is_allowed or not limits.allows("story to", person.email, most=MOST_TO_AN_ADDRESS, seconds=_DAY):
        return False
    code = f"{secrets.randbelow(1_000_000):06}"
    person.code_digest = _digest(story, code)
    person.code_until = timezone.now() + datetime.timedelta(hours=CODE_HOURS)
    person.save(update_fields=["code_digest", "code_until"])
    text, key = token_links.make(AccessToken.Purpose.STORY_ADDRESS, story, days=LINK_DAYS, email=person.email)
    words = (
        "Hello,",
        (
            "thank you for telling a story. One thing is left: show us that this address is yours. Open this link and "
            "press the button:"
        ),
        f"{settings.SITE_URL}{reverse('submit:confirm')}?key={text}",
        "Or type this code where you told the story:",
        code,
        (
            f"The code works for {CODE_HOURS} hours, the link for {LINK_DAYS} days. Nobody reads your story before you "
            "have done that."
        ),
        "Was it not you? Then do nothing. What was written is deleted after 30 days; we write once before that.",
    )
    mail.send(
        to=person.email,
        subject="Show us that this address is yours",
        text="\n\n".join(words),
        is_secret=True,
        useless_at=key.expires_at,
        about=story,
    )
    return True


@transaction.atomic
def ask_at(story: Story, email: str) -> bool:
    """At another address: the links and the code that went to the first one end, whether a mail may go out or not.
    Raises ValidationError if it is the guardian's, and workflow.Impossible once one is confirmed."""
    found = Story.objects.select_for_update(of=("self",)).select_related("contributor").get(pk=story.pk)
    if found.status != Story.Status.AWAITING_VERIFICATION:
        raise workflow.Impossible("This address is confirmed already.")
    person = found.contributor
    if person.age == person.Age.TEENAGER:
        _check_is_not_the_guardians(email, person.guardian_email)
    token_links.revoke_all(AccessToken.Purpose.STORY_ADDRESS, found)
    person.email, person.code_digest, person.code_until = email, "", None
    person.save(update_fields=["email", "code_digest", "code_until"])
    return ask(found)


def _check_is_not_the_guardians(email: str, guardian: str) -> None:
    try:
        guardian_requests.check_address(email, guardian)
    except ValidationError:
        words = "This is the address of your parent or guardian, whom we ask later. Write one of your own."
        raise ValidationError(words, code="same") from None


def _digest(story: Story, code: str) -> str:
    return token_links.digest(f"{story.pk} {code}")


def is_right(story: Story, code: str) -> bool:
    """Counts the try. A story's code cannot be guessed: it can be tried fifteen times a day."""
    if not limits.allows("story code", str(story.pk), most=MOST_TRIES, seconds=_DAY):
        return False
    person = story.contributor
    if not person.code_digest or person.code_until is None or person.code_until <= timezone.now():
        return False
    return secrets.compare_digest(person.code_digest, _digest(story, code))


@transaction.atomic
def confirm(story: Story) -> Story:
    """Raises workflow.Impossible where it is confirmed already, or was taken back."""
    found = Story.objects.select_for_update(of=("self",)).select_related("contributor").get(pk=story.pk)
    if found.status != Story.Status.AWAITING_VERIFICATION:
        raise workflow.Impossible("This address is confirmed already.")
    person = found.contributor
    if person.email != story.contributor.email:  # what was shown to be theirs is not what stands there by now
        raise workflow.Impossible("Another address stands there by now.")
    found.is_rate_limited = found.is_rate_limited or has_told_many(person.email)
    found.save(update_fields=["is_rate_limited"])
    person.email_verified_at, person.code_digest, person.code_until = timezone.now(), "", None
    person.save(update_fields=["email_verified_at", "code_digest", "code_until"])
    token_links.revoke_all(AccessToken.Purpose.STORY_ADDRESS, found)
    return workflow.take("confirm_address", found, by=Role.TELLER)


def of_key(text: str) -> Story | None:
    """The story that waits for this key, which was sent to the address it gives now."""
    key = token_links.find(text, AccessToken.Purpose.STORY_ADDRESS)
    waiting = Story.objects.select_related("contributor").filter(status=Story.Status.AWAITING_VERIFICATION)
    return waiting.filter(pk=key.object_id, contributor__email=key.email).first() if key else None


def was_confirmed(text: str) -> bool:
    """Whether a key that opens nothing any more belongs to an address that was confirmed."""
    ended = AccessToken.objects.filter(
        digest=token_links.digest(text), purpose=AccessToken.Purpose.STORY_ADDRESS
    ).first()
    return ended is not None and (
        Story.objects.filter(
            pk=ended.object_id, contributor__email=ended.email, contributor__email_verified_at__isnull=False
        ).exists()
    )
