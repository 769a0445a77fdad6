"""What has to be seen to about the site itself: its settings, owners, mails and copies (cms/readiness/registry.py)."""

import datetime
from typing import Any

from django.db.models.functions import Now
from django.urls import reverse

from cms.outbox.models import Mail
from cms.publishing.models import publishable_models
from cms.readiness.models import BackupProof
from cms.readiness.registry import LAW, MAILS, PAGES, RUNNING, Check, register
from cms.site_settings.models import NamedBody, SiteSettings

SETTINGS, PUBLISH = "cms.change_sitesettings", "city.publish_page"
MAIL_DAYS, BACKUP_DAYS = 30, 40  # a proof is made monthly, and may be late for some days


def _setting(key: str, group: str, title: str, todo: str, *fields: str, is_any: bool = False, **more: Any) -> Check:
    """Something to be written under About this site: every field, or any of them."""
    enough = any if is_any else all

    def is_unset(settings: SiteSettings) -> bool:
        return not enough(getattr(settings, name) not in ("", None) for name in fields)

    def link() -> str:
        return f"{_about()}#id_{fields[0]}"

    return Check(key, group, title, todo, SETTINGS, link=link, link_text="About this site", is_unset=is_unset, **more)


def _about() -> str:
    return reverse("admin:cms_sitesettings_change", args=[SiteSettings.THE_ROW])


def _public_things() -> list[Any]:
    return [model._default_manager.published() for model in publishable_models()]


def _ago(days: int):
    return Now() - datetime.timedelta(days=days)


register(
    _setting(
        "controller",
        LAW,
        "Who is responsible for people’s data",
        "Write the name and the postal address of the body that the law calls the controller.",
        "controller_name",
        "controller_address",
        is_legal=True,
    ),
    _setting(
        "data_protection",
        LAW,
        "Whom people can ask about their data",
        "Write an email address or a telephone number of the data protection officer’s office.",
        "dpo_email",
        "dpo_phone",
        is_any=True,
        is_legal=True,
    ),
    _setting(
        "reasons_in_law",
        LAW,
        "Reasons in law that the controller confirmed",
        "Let the data protection officer read “Your data and your rights”, then write the day.",
        "lawful_basis_confirmed_on",
        is_legal=True,
    ),
    _setting(
        "hosting",
        LAW,
        "Who hosts the site, and what it logs",
        "Ask whoever runs the computers what they log and how long they keep it.",
        "hosting_provider",
        "hosting_logs",
        is_legal=True,
    ),
    _setting(
        "accessibility",
        LAW,
        "A contact for accessibility problems",
        "Write an email address or a telephone number, for the accessibility statement.",
        "accessibility_email",
        "contact_email",
        "contact_phone",
        is_any=True,
        is_legal=True,
    ),
    _setting(
        "contact",
        PAGES,
        "An email address or telephone number of the site team",
        "Write one of them, or both.",
        "contact_email",
        "contact_phone",
        is_any=True,
    ),
    _setting(
        "answer_times",
        PAGES,
        "A time to answer each kind of message",
        "Agree in how many working days each kind is answered. It becomes a promise on the site.",
        "enquiry_days",
        "suggestion_days",
        "story_days",
        "concern_days",
        "accessibility_days",
    ),
    _setting(
        "complaints",
        PAGES,
        "Who hears a complaint",
        "Name the office for those who are not happy with an answer.",
        "complaints_name",
        "complaints_email",
        is_any=True,
    ),
    _setting(
        "licence",
        PAGES,
        "What others may do with our words and drawings",
        "Choose a licence for our own words and drawings.",
        "licence",
    ),
    _setting(
        "security",
        RUNNING,
        "An address for weaknesses of the site",
        "Write an address that somebody reads each day. It stands in /.well-known/security.txt.",
        "security_email",
    ),
    Check(
        "bodies",
        PAGES,
        "Which bodies may use a story",
        "Name each newspaper, museum or other body that may, and how it hears that a story was taken back.",
        SETTINGS,
        link=lambda: f"{_about()}#bodies-group",
        link_text="About this site",
        rows=lambda: [NamedBody.objects.all()],
        is_hole=lambda count: count == 0,
    ),
    Check(
        "owners",
        PAGES,
        "An owner for every public page",
        "Give each to a person, who is then reminded to check it.",
        PUBLISH,
        link=lambda: reverse("admin:cms_readiness_owners"),
        link_text="Give many to one person",
        rows=lambda: [things.unowned() for things in _public_things()],
        detail="{count} without an owner",
    ),
    Check(
        "never_checked",
        PAGES,
        "Every public page checked by somebody",
        "Look at each, and press “Still right” on its form; or tick many in a list and confirm them.",
        PUBLISH,
        link=lambda: reverse("admin:index"),
        link_text="All lists",
        rows=lambda: [things.filter(checked_on=None) for things in _public_things()],
        detail="{count} never checked",
    ),
    Check(
        "mail_sent",
        RUNNING,
        f"Email that works: one was sent in the last {MAIL_DAYS} days",
        "Send one to yourself with the button below. If it does not come, ask whoever runs the computers.",
        MAILS,
        link=lambda: f"{reverse('admin:cms_readiness')}#mail",
        link_text="Send a test email",
        rows=lambda: [Mail.objects.filter(state=Mail.State.SENT, sent_at__gt=_ago(MAIL_DAYS))],
        is_hole=lambda count: count == 0,
    ),
    Check(
        "mail_failed",
        RUNNING,
        "No email given up",
        "Each says why. Press “Try again” on its page once the reason is gone.",
        MAILS,
        link=lambda: f"{reverse('admin:cms_mail_changelist')}?state={Mail.State.FAILED}",
        link_text="Emails given up",
        rows=lambda: [Mail.objects.filter(state=Mail.State.FAILED, created_at__gt=_ago(MAIL_DAYS))],
        detail=f"{{count}} in the last {MAIL_DAYS} days",
    ),
    Check(
        "backups",
        RUNNING,
        "A backup that was put back and found whole",
        "Ask whoever runs the computers to prove a backup each month, as docs/operators.md says.",
        SETTINGS,
        rows=lambda: [BackupProof.objects.filter(proved_at__gt=_ago(BACKUP_DAYS))],
        is_hole=lambda count: count == 0,
    ),
)
