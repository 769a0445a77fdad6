"""Writes in the audit log what became public, or went, by itself at a time that was set beforehand."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now

from cms.audit.audit_log import THE_PORTAL
from cms.audit.models import AuditEvent
from cms.publishing.models import Publishable, publishable_models

# What happens by itself when a moment comes that was set beforehand.
_MOMENTS = {"publish_at": AuditEvent.Action.PUBLISHED, "unpublish_at": AuditEvent.Action.TAKEN_DOWN}


def log_scheduled_events(thing: Publishable | None = None) -> int:
    """A line for each thing that has become public or gone by itself since this was last asked; says how many.

    However late it runs and however often at once: a constraint lets each moment be written down once. Asked for one
    thing before it is changed or deleted, since afterwards nobody could tell.
    """
    written = 0
    for model in publishable_models() if thing is None else [type(thing)]:
        kind = ContentType.objects.get_for_model(model)
        things = model._default_manager.filter(status=model.Status.PUBLISHED)
        for field, action in _MOMENTS.items():
            lines = AuditEvent.objects.filter(
                content_type=kind, object_id=OuterRef("pk"), action=action, due_at=OuterRef(field)
            )
            passed = things.filter(~Exists(lines), **{f"{field}__lte": Now()}).annotate(moment=F(field))
            for found in passed if thing is None else passed.filter(pk=thing.pk):
                words = {"by_words": THE_PORTAL, "object_words": str(found)[:250]}
                about = {"content_type": kind, "object_id": found.pk, "due_at": found.moment}
                _, is_new = AuditEvent.objects.get_or_create(by=None, action=action, **about, defaults=words)
                written += is_new
    return written
