"""What an administrator does to somebody's account. Nobody learns or sets how somebody else signs in."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts import sessions
from accounts.models import User
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.outbox import mail


def welcome(person: User) -> None:
    """Tells somebody of their new account. The mail holds no key: the address is proved when they sign in."""
    address = f"{settings.SITE_URL}{reverse('account_request_login_code')}"
    words = [
        f"Hello {person.get_short_name()},",
        "an account has been made for you on the portal of Derby, a learning city.",
        f"To sign in, have a code mailed to this address: {address}",
        "After that you can set a password of your own, or a passkey.",
    ]
    mail.send(to=person.email, subject="Your account with Derby, a learning city", text="\n\n".join(words))


@transaction.atomic
def readdress(person: User, old: str) -> None:
    """After an administrator has changed the address: it is not confirmed yet, and whoever is signed in is out."""
    EmailAddress.objects.filter(user=person).delete()
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=False)
    sessions.end_all(person)
    words = (
        "The council has changed the e-mail address of your account with Derby, a learning city. From now on you sign "
        "in with the new one.\n\nIf that is not right, please tell the council at once."
    )
    for address in {old, person.email}:
        mail.send(to=address, subject="The address of your account was changed", text=words)


@transaction.atomic
def sign_out(person: User, *, by: User) -> None:
    sessions.end_all(person)
    audit_log.write(AuditEvent.Action.SESSIONS, person, by=by)


@transaction.atomic
def take_factors(person: User, *, by: User) -> None:
    """For somebody who lost theirs. They sign in with a code or their password, and set up a new one."""
    kinds = sorted(set(Authenticator.objects.filter(user=person).values_list("type", flat=True)))
    Authenticator.objects.filter(user=person).delete()
    sessions.end_all(person)
    audit_log.write(AuditEvent.Action.FACTOR, person, by=by, old={"factors": kinds})
    words = (
        "The council has removed the second factors of your account: your app, your recovery codes and your passkeys. "
        "When you sign in next, you set up new ones.\n\nIf you did not ask for that, please tell the council at once."
    )
    mail.send(to=person.email, subject="Your second factors were removed", text=words)
