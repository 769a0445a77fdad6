"""What a reader sees of a notice, and how a decision about one is written down."""

from django.db import transaction
from django.db.models.functions import Now

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.publishing.display import name_of
from cms.publishing.models import Notice

FIELDS = ("text", "link", "link_text", "tone", "section", "publish_at", "unpublish_at")


def shown(notice: Notice) -> dict[str, str]:
    """What readers get of it."""
    return {"text": notice.text, "link": notice.link, "link_text": notice.link_text, "tone": notice.tone}


def recorded_fields(notice: Notice) -> dict[str, str]:
    """What a notice says, where and when, for the record."""
    values = {name_of(Notice, name): getattr(notice, name) for name in FIELDS}
    return {name: getattr(value, "isoformat", lambda value=value: str(value))() for name, value in values.items()}


def note(notice: Notice, *, by, before: dict[str, str] | None, words: str = "Changed") -> None:
    """Writes down that a notice was made, or what was changed in it."""
    after = recorded_fields(notice)
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
        before = recorded_fields(notice)
        notice.unpublish_at = Now()
        notice.save(update_fields=["unpublish_at"])
        notice.refresh_from_db()
        note(notice, by=by, before=before, words="Ended")
        return True
