"""Somebody deletes their account. Nobody leaves behind what nobody can look after any more.

goes            the account and its name, addresses, passkeys, sessions, memberships
stays           pages and pictures, without their name; the lines of the record, with the name they had then; stories
                they told, as they chose, theirs to take back by a link to the address they told them with
"""

from allauth.account.internal.flows.logout import logout
from django.db import transaction

from accounts import sessions
from accounts.models import User
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.outbox import mail

GOODBYE = (
    "Hello,\n\n"
    "as you asked, we have deleted your account with Derby, a learning city. Nobody can sign in with it any more.\n\n"
    "Stories that you told stay as you chose. To change one, or to have it erased, ask for a link to your stories on "
    "the site: it comes to the address you told them with.\n\n"
    "If that was not you, tell the council at once. It cannot be brought back, but we can find out what happened.\n\n"
    "Thank you for what you did here."
)


class NeededStill(Exception):
    """Each of `reasons` is a sentence that says what to do first."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def reasons_to_stay(person: User, *, lock: bool = False) -> list[str]:
    """Why they cannot leave yet. With `lock`, nobody else can leave the same things until this transaction ends."""
    managing = person.memberships.managers().filter(partner__ended="").select_related("partner").order_by("partner_id")
    reasons = [
        f"You are the only manager of {own.partner}. Make somebody else a manager first, or ask the council."
        for own in (managing.select_for_update(of=("partner",)) if lock else managing)
        if not own.partner.members.managers().exclude(person=person).exists()
    ]
    everyone = User.objects.who_may_do_everything()
    others = {found.pk for found in (everyone.select_for_update() if lock else everyone)} - {person.pk}
    if person.is_superuser and not others:
        reasons.append("You are the only administrator who may do everything. Give that right to somebody else first.")
    return reasons


@transaction.atomic
def leave(request):
    """Raises NeededStill. Twice at once is once."""
    person = User.objects.select_for_update().filter(pk=request.user.pk).first()
    if person is None:
        logout(request, show_message=False)
        return
    if reasons := reasons_to_stay(person, lock=True):
        raise NeededStill(reasons)
    known_as, address = person.name.strip() or "Somebody who gave no name", person.email
    for own in person.memberships.current().select_related("partner"):
        audit_log.write(
            AuditEvent.Action.LEFT, own.partner, by=person, by_words=known_as, old={"role": own.get_role_display()}
        )
    audit_log.write(AuditEvent.Action.ACCOUNT_GONE, User, by=person, by_words=known_as)
    mail.send(to=address, subject="Your account is deleted", text=GOODBYE)
    sessions.end_all(person)
    person.delete()
    logout(request, show_message=False)
