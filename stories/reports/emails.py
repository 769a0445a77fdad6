"""What is mailed to whoever reported a concern: no title, no name and nobody's words but our own answer."""

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.outbox import mail
from stories.models import Report
from stories.reports import deadlines

LINK_DAYS = 60
_WHY = "We wrote to you because you left your address for this answer. We use it for nothing else."


def answer(report: Report) -> None:
    """Whoever reported it, if they left an address: what we did, and how to ask somebody else to look again."""
    until = deadlines.may_appeal_until(report.decided_at or timezone.now())
    again = (
        "If you think we are wrong, you can ask somebody else of our team to look again, once, until "
        f"{formats.date_format(timezone.localtime(until), 'j F Y')}:"
    )
    _to_reporter(report, "What we did about your concern", report.outcome, again)


def final_answer(report: Report) -> None:
    _to_reporter(report, "We have looked at it again", report.appeal_outcome, "You can read it here, too:")


def _to_reporter(report: Report, subject: str, said: str, before_link: str) -> None:
    if not report.email:
        return
    text, key = token_links.make(AccessToken.Purpose.REPORT, report, days=LINK_DAYS, email=report.email)
    day = formats.date_format(timezone.localtime(report.at), "j F Y")
    words = [
        "Hello,",
        f"on {day} you told us about a concern with a story. Thank you. This is our answer:",
        said,
        before_link,
        f"{settings.SITE_URL}{reverse('reports:outcome')}?key={text}",
        _WHY,
    ]
    mail.send(
        to=report.email,
        subject=subject,
        text="\n\n".join(words),
        is_secret=True,
        useless_at=key.expires_at,
        about=report,
    )
