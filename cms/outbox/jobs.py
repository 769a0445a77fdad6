"""Sends the mails that are rows. A mail that cannot be sent is tried again, less and less often, and then given up."""

import smtplib

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app

from cms.outbox.contact import contact_address
from cms.outbox.models import Mail
from cms.text import text_cleaning

PAUSES = (1, 5, 30, 120, 480, 480, 480, 480)  # minutes between one try and the next: about a day and a half in all


class NotSent(Exception):
    """Says why without naming anybody: it goes to the log."""


class LessAndLessOften(BaseRetryStrategy):
    def get_retry_decision(self, *, exception, job):
        return RetryDecision(retry_in={"minutes": PAUSES[job.attempts]}) if job.attempts < len(PAUSES) else None


@app.task(queue="mails", retry=LessAndLessOften(), pass_context=True)
def send_mail(context: JobContext, *, mail_id: int):
    """Send a mail"""
    with transaction.atomic():
        # Locked until it is marked as sent, so that a second job for the same mail finds it done.
        mail = Mail.objects.select_for_update().filter(pk=mail_id).exclude(state=Mail.State.SENT).first()
        if mail is None:
            return
        if mail.useless_at and mail.useless_at <= timezone.now():
            mail.state, mail.problem = Mail.State.FAILED, "What it says had ended before it could be sent."
            _forget_words(mail)
            mail.save()
            return
        mail.problem = _hand_over(mail)
        if not mail.problem:
            mail.state, mail.sent_at = Mail.State.SENT, timezone.now()
            _forget_words(mail)
        elif context.job.attempts >= len(PAUSES):
            mail.state = Mail.State.FAILED
        mail.save()
    if mail.problem:
        raise NotSent(mail.problem)


def _forget_words(mail: Mail) -> None:
    """Of a mail with a code or a key, nothing is kept that could be read again."""
    if mail.is_secret:
        mail.text = mail.html = ""


def _hand_over(mail: Mail) -> str:
    """To the mail server; an answer goes to the site team, if it has an address. Returns what went wrong, without the
    address that the server's words may quote."""
    contact = contact_address()
    text = f"{mail.text}\n\nWrite to us: {contact}" if contact else mail.text
    message = EmailMultiAlternatives(
        text_cleaning.clean_line(mail.subject),  # a line end in it would be another header
        text,
        to=[mail.to],
        reply_to=[contact] if contact else None,
        headers={"Message-ID": mail.message_id},
    )
    message.attach_alternative(mail.html, "text/html")
    try:
        message.send()
    except Exception as error:  # whatever a provider's own interface raises, too
        return _in_words(error)
    return ""


def _in_words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _ in error.recipients.values()})
        return f"The mail server refused the address ({', '.join(codes)})."
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"The mail server refused our name or password ({error.smtp_code})."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"The mail server refused the mail ({error.smtp_code})."
    return f"The mail server could not be reached ({type(error).__name__})."
