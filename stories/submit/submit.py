"""A story that is told is sent: once, whole, and by whoever may.

Nothing is sent without its teller's choices, made of the wording as it is now; and no story is refused
because many came, but whoever sends many waits until a person has looked.
"""

from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cms import limits
from stories import emails, workflow
from stories.consent import consent
from stories.models import Consent, ConsentVersion, Contributor, Purpose, Story
from stories.publication import photo_rules
from stories.submit import child_advice, email_verification
from stories.workflow import Impossible, Role

MOST_OF_A_NETWORK = 30  # a day, before a person looks; of an address: stories/submit/email_verification.py
_DAY = 24 * 60 * 60


def missing(story: Story, wording: ConsentVersion) -> Iterator[tuple[str, str]]:
    """What is still to do: the page it is on, and a sentence."""
    version, person = story.latest, story.contributor
    if version is None or not version.title or not version.text:
        yield "story", "Give your story a title and a few words."
        return
    yield from (("pictures", words) for words in _of_pictures(story, version))
    if story.choices_made_at is None:
        yield "choices", "Say how your name should appear, and what we may do with your story."
    elif person.ticked_wording != wording.number:
        yield "choices", "What we say about using stories has changed. Please look at your choices again."


def _of_pictures(story: Story, version: Any) -> Iterator[str]:
    """What only the teller can say. What somebody on a picture stands against is for a moderator to talk about."""
    for number, use in enumerate(version.pictures.select_related("picture"), 1):
        if not use.description.strip():
            yield f"Say what picture {number} shows, for people who cannot see it."
        if use.picture.has_people is None:
            yield f"Say who can be recognised on picture {number}, or that nobody can."


def advice(story: Story) -> list[str]:
    """What is better looked at before it is sent; nothing of it keeps it back."""
    version, found = story.latest, []
    if Purpose.SITE not in story.contributor.ticked:
        found.append("You did not tick “Show it on this site”. So only you and our team can read it.")
    if version is not None:
        found += [words for words in photo_rules.mistakes(story, version) if "full name" in words]
        found += child_advice.advice(story.contributor, version)
    return found


@transaction.atomic
def send(story: Story, *, network: str, person: Any = None) -> Story:
    """Raises ValidationError with what is missing, and Impossible where it was sent before. Twice at once is once."""
    found = (
        Story.objects.select_for_update(of=("self",))
        .select_related("contributor", "latest", "partner")
        .get(pk=story.pk)
    )
    if found.status != Story.Status.DRAFT:
        raise Impossible("This story has been sent.")
    wording = ConsentVersion.objects.current()
    if left := [words for _, words in missing(found, wording)]:
        raise ValidationError(left)
    teller = found.contributor
    _forget_what_is_of_another_age(teller)
    if found.way == Story.Way.ONLINE:
        _know_again(found, teller, person)
        found.is_rate_limited = _is_one_of_many(teller, network)
        found.save(update_fields=["is_rate_limited", "entered_by"])
    consent.answer(
        found,
        teller.ticked,
        wording=wording,
        by=_who_answers(found, teller),
        is_child=teller.is_child and found.way == Story.Way.ONLINE,
    )
    found = workflow.take("send", found, by=Role.TELLER)
    if found.status == Story.Status.AWAITING_VERIFICATION:
        email_verification.ask(found)
    elif found.way != Story.Way.ONLINE and teller.email:
        emails.to_teller(
            found,
            "A story that you told",
            "Hello,",
            "somebody typed in for you what you told. Our team reads it next. Here you can read it, too:",
        )
    return found


def _forget_what_is_of_another_age(teller: Contributor) -> None:
    """Whoever first chose another age may have typed somebody's name and address, which we have no use for."""
    not_asked = []
    if teller.age != Contributor.Age.UNDER_13:
        not_asked += ["adult_name", "adult_role"]
    if teller.age != Contributor.Age.TEENAGER:
        not_asked += ["guardian_name", "guardian_email"]
        teller.guardian_confirmed_at = None
    for name in not_asked:
        setattr(teller, name, "")
    teller.save(update_fields=[*not_asked, "guardian_confirmed_at"])


def _know_again(story: Story, teller: Contributor, person: Any) -> None:
    """Whoever is signed in with the address they give need not confirm it again."""
    if person is None or not person.is_authenticated:
        return
    story.entered_by = person
    if EmailAddress.objects.filter(user=person, email=teller.email, verified=True).exists():
        teller.email_verified_at, teller.account = timezone.now(), person
        teller.save(update_fields=["email_verified_at", "account"])


def _is_one_of_many(teller: Contributor, network: str) -> bool:
    """An address that is not confirmed yet is counted when it is (stories/submit/email_verification.py)."""
    of_address = teller.email_verified_at is not None and email_verification.has_told_many(teller.email)
    return limits.count("stories from", network, seconds=_DAY) > MOST_OF_A_NETWORK or of_address


def _who_answers(story: Story, teller: Contributor) -> Consent.By:
    if story.way == Story.Way.PARTNER:
        return Consent.By.PARTNER
    if story.way == Story.Way.TABLE:
        return Consent.By.STAFF
    return Consent.By.ADULT if teller.age == Contributor.Age.UNDER_13 else Consent.By.TELLER
