"""Asks a parent or guardian whether a young person’s story may be sent.

The mail goes to an address that is not the teller’s own, once their own is confirmed; it tells of them no
more than a first name that everybody may read later; and nobody is reminded more than once.
"""

import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from cms import limits
from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.outbox import mail
from cms.text import name_rules
from stories.models import Contributor, Story

LINK_DAYS = 30
REMIND_DAYS = 7
YEARS_OF_YOUTH = 5  # from 13 to 18: for so long whoever said yes may take it back
MOST_TO_AN_ADDRESS = 3  # a day
MOST_OTHERS = 5  # addresses that one teller may name instead of the first, a day
NOT_THEIRS_DAYS = 365
_DAY = 24 * 60 * 60
_ONE_LETTERBOX = ("gmail.com", "googlemail.com")  # dots in the name mean nothing to it
SAME = (
    "This is your own address. Write the address of your parent or guardian: they get a mail of their own, and answer "
    "themselves."
)
NOT_THEIRS = (
    "Whoever reads this address told us that they are not your parent or guardian. We do not write to them again. "
    "Write another address."
)


def check_address(own: str, guardian: str) -> None:
    """Raises ValidationError if both lead to one letterbox."""
    if guardian and letterbox(own) == letterbox(guardian):
        raise ValidationError(SAME, code="same")


def letterbox(address: str) -> tuple[str, str]:
    """Where mail to it arrives, however it is written."""
    name, _, host = address.strip().casefold().rpartition("@")
    name = name.partition("+")[0]
    return (name.replace(".", ""), _ONE_LETTERBOX[0]) if host in _ONE_LETTERBOX else (name, host)


def ask(story: Story) -> bool:
    """Mails them, and ends all earlier links; false if there is no address that may be asked, or it got enough mails
    today (`remind` then asks tomorrow)."""
    token_links.revoke_all(AccessToken.Purpose.GUARDIAN, story)
    return _mail(story, "Please read a story before it is sent", _asked(story))


def ask_another(story: Story, *, name: str, email: str) -> bool:
    """When the first address was wrong; false where enough were named today, or somebody has answered. Raises
    ValidationError if this one is the teller’s own, or its reader said that they are nobody to them."""
    story = Story.objects.select_for_update(of=("self",)).select_related("contributor").get(pk=story.pk)
    if story.status != Story.Status.AWAITING_GUARDIAN:
        return False
    contributor = story.contributor
    check_address(contributor.email, email)
    if _is_nobody_to(contributor, email):
        raise ValidationError(NOT_THEIRS, code="not_theirs")
    if not limits.allows("guardian named", str(story.pk), most=MOST_OTHERS, seconds=_DAY):
        return False
    contributor.guardian_name, contributor.guardian_email = name, email.lower()
    contributor.save(update_fields=["guardian_name", "guardian_email"])
    story.save(update_fields=["modified_at"])  # its thirty days begin anew
    return ask(story)


def is_nobody_to(contributor: Contributor) -> None:
    """The reader of the address says so: this teller does not have us write there again."""
    email = contributor.guardian_email
    limits.count(_NOBODY, _both(contributor, email), seconds=NOT_THEIRS_DAYS * _DAY)


_NOBODY = "not their guardian"


def _is_nobody_to(contributor: Contributor, email: str) -> bool:
    return limits.counted(_NOBODY, _both(contributor, email)) > 0


def _both(contributor: Contributor, email: str) -> str:
    return "\0".join("@".join(letterbox(address)) for address in (contributor.email, email))


def tell_of_change(story: Story) -> bool:
    """Whoever said yes, when the young person sends other words or pictures than those they read."""
    said = [
        (
            f"{_called(story.contributor)} has changed the story that you said yes to. Our team reads the change "
            "before anybody else does."
        ),
        "Your yes holds for it, too. If you do not want that, you can take it back here, where you can also read it:",
    ]
    return _mail(story, "A story that you said yes to was changed", said)


def ask_about_choices(story: Story) -> bool:
    """When the young person lets us do more than their parent or guardian agreed to. Nothing more is done meanwhile."""
    said = [
        f"{_called(story.contributor)} would like to let us do more with the story that you said yes to.",
        "Until you agree, nothing changes. Please look at it, and choose:",
    ]
    return _mail(story, "Please look at a choice about a story", said)


def tell_of_wording(story: Story, what_changed: str) -> bool:
    """Whoever said yes, when what they were asked means something else now."""
    said = [
        "we have changed what we say about using the stories that people tell us:",
        what_changed,
        "What you agreed to holds as it is. Here you can see it, and change it:",
    ]
    return _mail(story, "What may be done with a story you said yes to", said)


def remind() -> int:
    """Once after a week without an answer; and whoever could not be asked before. Says how many mails that were."""
    week_ago = timezone.now() - datetime.timedelta(days=REMIND_DAYS)
    waiting = Story.objects.filter(status=Story.Status.AWAITING_GUARDIAN).exclude(contributor__guardian_email="")
    sent = 0
    for story in waiting.select_related("contributor").order_by("pk"):
        since = AccessToken.objects.about(story).filter(
            purpose=AccessToken.Purpose.GUARDIAN, created_at__gte=story.status_since
        )
        made = list(since.filter(revoked_at=None).values_list("created_at", flat=True)[:2])
        if not made:
            sent += ask(story)
        elif len(made) == 1 and made[0] <= week_ago:
            sent += _mail(story, "Please read a story before it is deleted", _asked(story))
    return sent


def prolong(story: Story) -> None:
    """Whoever said yes keeps the way to take it back for as long as they may."""
    until = timezone.now() + datetime.timedelta(days=365 * YEARS_OF_YOUTH)
    live = AccessToken.objects.live().about(story).filter(purpose=AccessToken.Purpose.GUARDIAN)
    live.update(expires_at=until)


def thank(story: Story, key_text: str) -> None:
    """What they said yes to is theirs to take back, so they keep the link."""
    words = (
        "Hello,",
        "thank you. You said yes to the story of a young person in your care. Somebody of our team reads it next.",
        (
            "You can take your yes back at any time, or change what may be done with the story. You do not have to say "
            "why. Keep this mail: the link is for you alone."
        ),
        _link(key_text),
    )
    _send(story, "You said yes to a story", "\n\n".join(words), useless_at=None)


def _asked(story: Story) -> list[str]:
    return [
        (
            f"{_called(story.contributor)} has written a story for The Derby Story, and gave us your address as that "
            "of their parent or guardian. They told us that they are 13 to 17 years old."
        ),
        (
            "Nobody of our team reads it before you say yes. Please read it, see what may be done with it, and say yes "
            "or no:"
        ),
    ]


def _called(contributor: Contributor) -> str:
    """A first name that they show to everybody; no other, and none that leads somewhere."""
    shows = contributor.shown_as in (Contributor.ShownAs.FIRST, Contributor.ShownAs.FULL)
    name = contributor.shown_name.partition(" ")[0] if shows else ""
    return name if name and not name_rules.leads_somewhere(name) else "A young person"


def _mail(story: Story, subject: str, said: list[str]) -> bool:
    contributor = story.contributor
    email = contributor.guardian_email
    if not email or letterbox(email) == letterbox(contributor.email) or _is_nobody_to(contributor, email):
        return False
    if not limits.allows("guardian mail", email.lower(), most=MOST_TO_AN_ADDRESS, seconds=_DAY):
        return False
    days = 365 * YEARS_OF_YOUTH if story.contributor.guardian_confirmed_at else LINK_DAYS
    text, key = token_links.make(AccessToken.Purpose.GUARDIAN, story, days=days, email=email)
    end = [
        f"The link is for you alone. It works for {LINK_DAYS} days; if we hear nothing, the story is deleted.",
        (
            "Are you not their parent or guardian? Then open the link and say so, or do nothing. We write once more "
            "after a week, and then no more."
        ),
    ]
    known = ["You get this because you said yes to a young person’s story. The link is for you alone."]
    words = ["Hello,", *said, _link(text), *(known if story.contributor.guardian_confirmed_at else end)]
    _send(story, subject, "\n\n".join(words), useless_at=key.expires_at)
    return True


def _link(key_text: str) -> str:
    return f"{settings.SITE_URL}{reverse('guardians:answer')}?key={key_text}"


def _send(story: Story, subject: str, text: str, *, useless_at: datetime.datetime | None) -> None:
    mail.send(
        to=story.contributor.guardian_email,
        subject=subject,
        text=text,
        is_secret=True,
        useless_at=useless_at,
        about=story,
    )
