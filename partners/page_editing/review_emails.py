"""“Still right?”: asks a partner's managers when the day of its page has come, and hears the answer.

    the day comes         one manager gets a mail with a link
    14 days of silence    all managers do, once
    28 days of silence    the public page says so, and staff see it on their first page

The link opens one button and nothing else, only for who manages the partner still, and is spent with it.
"""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import formats, timezone

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.lib.structured_data import absolute
from cms.outbox import mail
from cms.publishing import review_requests
from cms.publishing.models import Publishable, ReviewRequest
from cms.revisions import assurance, kinds
from cms.revisions.actors import Actor, System, person_of
from partners import permissions
from partners.models import Member, Partner

BY_LINK = "a manager by the link in a mail"
_PURPOSE = AccessToken.Purpose.STILL_RIGHT


def ask() -> int:
    """What is due today; says how many mails it wrote. However often it runs, each is written once."""
    review_requests.close_overtaken()
    due = Partner.objects.due_for_review().filter(ended="").order_by("review_on", "pk")
    return sum(_see_to(partner) for partner in due)


@transaction.atomic
def _see_to(partner: Partner) -> int:
    partner = kinds.locked(partner)
    managers = list(partner.members.managers().select_related("person").order_by("since", "pk"))
    asked = ReviewRequest.objects.about(partner).filter(review_on=partner.review_on).first()
    if asked is None:
        return _ask_one(partner, managers[0]) if managers else 0
    if asked.answered_at is not None:
        return 0
    if review_requests.is_due(asked, "label") and asked.reminded_at is not None:
        asked.labelled_at = timezone.now()
        asked.save(update_fields=["labelled_at"])
        return 0
    if not review_requests.is_due(asked, "reminder"):
        return 0
    asked.reminded_at = timezone.now()
    asked.save(update_fields=["reminded_at"])
    for manager in managers:
        _write(asked, partner, manager, is_again=True)
    return len(managers)


def _ask_one(partner: Partner, manager: Member) -> int:
    """The one who has been there longest."""
    assert partner.review_on is not None  # noqa: S101 - it has come
    asked = ReviewRequest.objects.create(thing=partner, review_on=partner.review_on, person=manager.person)
    _write(asked, partner, manager, is_again=False)
    return 1


def _write(asked: ReviewRequest, partner: Partner, manager: Member, *, is_again: bool) -> None:
    text, key = token_links.make(_PURPOSE, asked, days=review_requests.KEY_DAYS, email=manager.person.email)
    days = review_requests.LABEL_DAYS - review_requests.REMINDER_DAYS
    label = formats.date_format(timezone.localdate() + datetime.timedelta(days=days), "j F Y")
    if is_again:
        asks = f"We asked two weeks ago whether the page of {partner} is still right, and nobody has answered yet."
        then = f"If nobody answers by {label}, the page will tell its readers so."
    else:
        asks = f"is everything on the page of {partner} still right? Readers see when you last said so."
        then = "You get one reminder, and no more."
    how = (
        "Open this link. It shows you what the page says, and one button to say that it is right. You need not sign "
        "in. If something is different, you can change it from there."
    )
    parts = [
        f"Hello {manager.person.get_short_name()},",
        asks,
        how,
        absolute(f"/still-right/?key={text}"),
        then,
    ]
    mail.send(
        to=manager.person.email,
        subject=f"Is your page still right? {partner}",
        text="\n\n".join(parts),
        is_secret=True,
        useless_at=key.expires_at,
    )


def found_by_link(text: str) -> tuple[AccessToken, Partner] | None:
    """The key and the partner that a link is about, as long as the one it was sent to manages the partner."""
    key = token_links.find(text, _PURPOSE)
    asked = key.thing if key else None
    if key is None or asked is None or asked.answered_at is not None:
        return None
    partner = Partner.objects.published().filter(pk=asked.object_id, review_on=asked.review_on).first()
    if partner is None or not partner.members.managers().filter(person__email=key.email).exists():
        return None
    return key, partner


@transaction.atomic
def confirm_by_link(text: str) -> Partner:
    """Raises Spent where it opens nothing any more, and ValidationError as saving the page would."""
    found = found_by_link(text)
    if found is None:
        raise token_links.Spent
    key, partner = found
    partner = kinds.locked(partner)
    token_links.use(key)
    confirm(partner, by=System(BY_LINK), by_words=BY_LINK)
    return partner


def confirm(partner: Partner, *, by: Actor, by_words: str = "") -> None:
    """All of its page is right today, says the organisation."""
    if not Partner.objects.published().filter(pk=partner.pk).exists():
        raise ValidationError("The page is not public, so there is nothing to confirm.")
    words = by_words or permissions.words_of(person_of(by), partner)
    assurance.confirm(partner, actor=by, checker=Publishable.Checker.PARTNER, by_words=words)
