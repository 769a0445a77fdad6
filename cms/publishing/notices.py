"""What staff may say in a notice, and how a decision about one is written down."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.backoffice.forms import ThingForm, check_path, is_live
from cms.publishing.display import name_of
from cms.publishing.models import Notice

_TOLD = ("text", "link", "link_text", "tone", "section", "publish_at", "unpublish_at")


class NoticeForm(ThingForm):
    section = forms.ChoiceField(label="Where", required=False, help_text="A notice of a section stands before others.")

    class Meta:
        model = Notice
        fields = list(_TOLD)
        widgets = {"link": forms.TextInput(attrs={"class": "vTextField"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "section" in self.fields:
            self.fields["section"].choices = settings.NOTICE_SECTIONS

    def clean_text(self):
        return " ".join(self.cleaned_data["text"].split())

    def clean_link(self):
        link = self.cleaned_data["link"]
        if link:
            check_path(link)
            if not is_live(urlsplit(link).path):
                message = "There is no page at this address that the public can read now."
                raise ValidationError(message, code="not_live")
        return link

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("link") and not cleaned.get("link_text") and "link_text" not in self.errors:
            self.add_error("link_text", ValidationError("Say what a reader finds there.", code="no_words"))
        if cleaned.get("link_text") and not cleaned.get("link") and "link" not in self.errors:
            self.add_error("link", ValidationError("Say where these words lead.", code="no_address"))
        start, end = cleaned.get("publish_at"), cleaned.get("unpublish_at")
        if start and end and end <= start:
            self.add_error("unpublish_at", ValidationError("The end must be later than the start.", code="too_early"))
        elif end and not self.instance.pk and end <= timezone.now():
            self.add_error("unpublish_at", ValidationError("That time has passed. Nobody would see it.", code="over"))
        return cleaned


def shown(notice: Notice) -> dict[str, str]:
    """What readers get of it."""
    return {"text": notice.text, "link": notice.link, "link_text": notice.link_text, "tone": notice.tone}


def told(notice: Notice) -> dict[str, str]:
    """What a notice says, where and when, for the record."""
    values = {name_of(Notice, name): getattr(notice, name) for name in _TOLD}
    return {name: getattr(value, "isoformat", lambda value=value: str(value))() for name, value in values.items()}


def note(notice: Notice, *, by, before: dict[str, str] | None, words: str = "Changed") -> None:
    """Writes down that a notice was made, or what was changed in it."""
    after = told(notice)
    if before is None:
        audit_log.write(AuditEvent.Action.NOTICE, notice, by=by, new=after, note="Made")
    elif changed := [name for name in after if after[name] != before[name]]:
        old, new = ({name: values[name] for name in changed} for values in (before, after))
        audit_log.write(AuditEvent.Action.NOTICE, notice, by=by, old=old, new=new, note=words)


def end(pk: int, *, by) -> bool:
    """Takes a notice off all pages at once. False if it stands on none."""
    with transaction.atomic():
        notice = Notice.objects.showing().select_for_update().filter(pk=pk).first()
        if notice is None:
            return False
        before = told(notice)
        notice.unpublish_at = Now()
        notice.save(update_fields=["unpublish_at"])
        notice.refresh_from_db()
        note(notice, by=by, before=before, words="Ended")
        return True
