"""Writes a mail in the transaction that causes it; the worker sends it afterwards (cms/outbox/jobs.py).

So nobody hears of what was rolled back, and a mail server that is down holds up no page.
"""

import datetime
import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models, transaction
from django.template.loader import render_to_string

from cms.outbox.contact import contact_address
from cms.outbox.jobs import send_mail
from cms.outbox.models import Mail


def send(
    *,
    to: str,
    subject: str,
    text: str,
    html: str = "",
    is_secret: bool = False,
    useless_at: datetime.datetime | None = None,
    about: models.Model | None = None,
) -> Mail:
    """Paragraphs of `text` are divided by empty lines. Its HTML is made of it unless given.

    What holds a code or a key is secret: nobody but its reader sees the words, which go when it is sent. It is not sent
    after `useless_at`. When the thing it is `about` is erased, so is the mail (`forget`).
    """
    subject = " ".join(subject.split())[:200]
    with transaction.atomic():
        mail = Mail.objects.create(
            to=to,
            subject=subject,
            text=text,
            html=html or html_of(subject, text),
            is_secret=is_secret,
            useless_at=useless_at,
            about=_name_of(about) if about else "",
            message_id=f"<{uuid.uuid4()}@{urlsplit(settings.SITE_URL).hostname}>",
        )
        send_mail.defer(mail_id=mail.pk)
    return mail


def _name_of(thing: models.Model) -> str:
    return f"{thing._meta.label_lower} {thing.pk}"


def forget(thing: models.Model) -> int:
    """Deletes every mail about a thing, sent or not; says how many there were. A job for one finds nothing to send."""
    return Mail.objects.filter(about=_name_of(thing)).delete()[1].get(Mail._meta.label, 0)


def try_again(mail: Mail) -> None:
    """One that was given up starts anew, with all its tries."""
    mail.state = Mail.State.WAITING
    mail.save(update_fields=["state"])
    send_mail.defer(mail_id=mail.pk)


def html_of(subject: str, text: str) -> str:
    """The same words with links to click, in our colours, without a picture or anything fetched from elsewhere."""
    context = {"subject": subject, "text": text, "site": settings.SITE_URL}
    return render_to_string("cms/mail.html", context | {"contact": contact_address()})
