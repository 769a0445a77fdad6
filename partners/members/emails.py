"""What people who speak for a partner, or want to, are told by mail."""

import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from cms.outbox import mail
from cms.revisions.diff_text import Difference
from partners.models import Invitation, JoinRequest, Member, Partner
from partners.permissions import called

_ROLES = {
    Member.Role.MANAGER: "manager: you keep its page true, and invite its other people",
    Member.Role.CONTRIBUTOR: "contributor: you help to keep its page true",
}


def _link(name: str, *args: Any, key: str = "") -> str:
    return f"{settings.SITE_URL}{reverse(name, args=args)}" + (f"?key={key}" if key else "")


def _written(*paragraphs: str) -> str:
    return "\n\n".join(filter(None, paragraphs))


def invited(invitation: Invitation, key: str, *, who: str, words: str, until: datetime.datetime) -> None:
    mail.send(
        to=invitation.email,
        subject=f"Speak for {invitation.partner} on the Derby learning city site",
        text=_written(
            f"{who} invites you to speak for {invitation.partner} on the Derby learning city site, as a "
            f"{_ROLES[Member.Role(invitation.role)]}.",
            words,
            f"Open this link to read more and accept: {_link('join:invitation', key=key)}",
            "It is for you and this address alone, and opens once, within seven days. If you did not expect it, you "
            "need do nothing.",
        ),
        is_secret=True,
        useless_at=until,
    )


def replaced(partner: Partner, person: Any, *, by: Any, found: list[Difference]) -> None:
    """To whoever had written what waited, with their words, which are nowhere else any more."""
    mail.send(
        to=person.email,
        subject=f"{partner}: a colleague changed your words",
        text=_written(
            f"You had written a change of the page of {partner}. {called(by)} has read it, and written something else "
            "in its place. These were your words, and what stands there now:",
            *(f"{one.what}\n\nYours:\n{one.old or 'Nothing'}\n\nNow:\n{one.new or 'Nothing'}" for one in found),
            f"The page is here: {_link('desk:page', partner.slug)}",
        ),
    )


def already(partner: Partner, email: str) -> None:
    """To somebody who was invited and is a member: whoever invited them learns nothing from us."""
    mail.send(
        to=email,
        subject=f"You speak for {partner} already",
        text=_written(
            f"Somebody has invited you to speak for {partner}. You do so already, with this address.",
            f"Its desk is here: {_link('desk:partner', partner.slug)}",
        ),
    )


def joined(member: Member) -> None:
    role = member.get_role_display().partition(":")[0].lower()
    _to_managers(
        member,
        subject=f"{called(member.person)} speaks for {member.partner} now",
        news=f"{called(member.person)} has accepted your invitation, and speaks for {member.partner} now as a {role}.",
    )


def role_changed(member: Member) -> None:
    mail.send(
        to=member.person.email,
        subject=f"Your part at {member.partner} has changed",
        text=_written(
            f"For {member.partner} you are now a {_ROLES[Member.Role(member.role)]}.",
            f"Its desk is here: {_link('desk:partner', member.partner.slug)}",
        ),
    )


def left(member: Member, *, of_their_own: bool) -> None:
    """To whoever is gone, and to those who are still there."""
    partner = member.partner
    how = "You have left." if of_their_own else f"Somebody who manages the desk of {partner} has ended it."
    mail.send(
        to=member.person.email,
        subject=f"You do not speak for {partner} any more",
        text=_written(
            f"You do not speak for {partner} on the Derby learning city site any more. {how}",
            "You have been signed out everywhere. Your account is still yours; you can delete it under “Your account”.",
        ),
    )
    news = "has left" if of_their_own else "was removed"
    _to_managers(
        member,
        subject=f"{called(member.person)} does not speak for {partner} any more",
        news=f"{called(member.person)} {news}, and does not speak for {partner} any more.",
    )


def _to_managers(member: Member, *, subject: str, news: str) -> None:
    """All but the one it is about."""
    partner = member.partner
    for manager in partner.members.managers().exclude(person=member.person).select_related("person"):
        link = f"Who speaks for it: {_link('desk:members', partner.slug)}"
        mail.send(to=manager.person.email, subject=subject, text=_written(news, link))


def asked(request: JoinRequest, key: str, *, until: datetime.datetime) -> None:
    mail.send(
        to=request.email,
        subject="Please confirm that you asked to join",
        text=_written(
            f"Somebody gave this address to ask for a place for “{request.name}” on the Derby learning city site.",
            f"If that was you, open this link within three days: {_link('join:confirm', key=key)}",
            "If it was not you, you need do nothing. We forget it after two weeks.",
        ),
        is_secret=True,
        useless_at=until,
    )


def declined(request: JoinRequest) -> None:
    mail.send(
        to=request.email,
        subject=f"About your request for {request.name}",
        text=_written(
            f"Thank you for asking for a place for “{request.name}”. The council has read it, and cannot say yes:",
            request.words,
            f"If something has changed, you are welcome to ask again: {_link('join:ask')}",
        ),
    )
