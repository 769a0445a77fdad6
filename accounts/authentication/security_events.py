"""Writes sign-ins, failed sign-ins and refused access into the record (OWASP ASVS 5.0, 16.3.1 and 16.3.2).

Never a password, a code, a network address or an address typed that belongs to nobody here. What is tried again and
again is one line an hour, so that nobody can fill the record.
"""

from typing import Any

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from accounts.models import User
from cms import limits
from cms.audit import audit_log
from cms.audit.models import AuditEvent

HOUR = 60 * 60  # seconds
MOST_FAILURES = 20  # lines an hour about one person
UNKNOWN_PERSON = "an address without an account"
RESIDENT = "a person with an account"


def signed_in(request: HttpRequest, person: User) -> None:
    """Somebody has just signed in; `by` says how: password, code, link, mfa."""
    how = ", ".join(dict.fromkeys(used["method"] for used in get_authentication_records(request, person)))
    audit_log.write(AuditEvent.Action.SIGNED_IN, by=person, by_words=_name_of(person), new={"by": how})


def sign_in_failed(person: User | None, *, how: str) -> None:
    """A wrong password or code. `person` is None where the address typed belongs to nobody: the same work is done."""
    who = str(person.pk) if person else "nobody"
    if limits.allows("sign-in failure noted", who, most=MOST_FAILURES, seconds=HOUR):
        _write_failure(person, how)


def sign_in_throttled(request: HttpRequest, person: User | None) -> None:
    """Too many tries: the answer becomes 429 (accounts/middleware.py), and the record has it once an hour."""
    request.is_throttled = True  # type: ignore[attr-defined]
    who = str(person.pk) if person else "nobody"
    if limits.allows("throttling noted", who, most=1, seconds=HOUR):
        _write_failure(person, "tried too often")


def access_refused(request: HttpRequest) -> None:
    """A signed-in person asked for a page that is not theirs: one line an hour for each page."""
    person, match = request.user, request.resolver_match
    if not person.is_authenticated or match is None:
        return
    if limits.allows("refusal noted", f"{person.pk} {match.view_name}", most=1, seconds=HOUR):
        about = {"page": match.view_name, "method": request.method}
        audit_log.write(AuditEvent.Action.ACCESS_REFUSED, by=person, by_words=_name_of(person), new=about)


def person_of(email: Any) -> User | None:
    return User.objects.filter(email=str(email or "").lower()).first()


def _write_failure(person: User | None, how: str) -> None:
    words = _name_of(person) if person else UNKNOWN_PERSON
    audit_log.write(AuditEvent.Action.SIGN_IN_FAILED, by=person, by_words=words, new={"by": how})


def _name_of(person: User) -> str:
    """Staff by name; of residents the line says only that it was somebody with an account."""
    return str(person) if person.is_staff else RESIDENT
