"""What moderators do to many stories at once; each is decided by the workflow, as if it had been opened."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.backoffice.publishable.bulk_actions import Bulk, BulkMixin
from stories import workflow
from stories.models import Story
from stories.moderation.forms import HoldForm, ManyForm
from stories.moderation.review_context import WORRIED


def _as_chosen(story, chosen):
    return dict(chosen) or {"done": True}


BULKS = {
    "decline": Bulk(
        "Do not publish, with one reason",
        "not published; their tellers get your words by mail",
        "The same words go to all their tellers.",
        "moderate",
        _as_chosen,
    ),
    "hold": Bulk(
        "Hold for safeguarding",
        "held",
        "Only those who look after safeguarding see them then. What was public is gone at once.",
        "moderate",
        _as_chosen,
    ),
    "let_in": Bulk(
        "Let these into the queue",
        "let into the queue",
        "They came in a flood, and wait apart. In the queue they stand where their day puts them.",
        "moderate",
        _as_chosen,
    ),
}
FORMS = {"decline": ManyForm, "hold": HoldForm}


class ManyMixin(BulkMixin):
    def _bulks(self):
        return BULKS

    def has_moderate_permission(self, request, obj=None) -> bool:
        return request.user.has_perm(workflow.MODERATOR)

    def name_in_list(self, thing):
        return thing.latest.title if thing.latest and thing.latest.title else str(thing)

    def _bulk_form(self, request, bulk):
        name = next(name for name, known in BULKS.items() if known is bulk)
        if name not in FORMS:
            return super()._bulk_form(request, bulk)
        form = FORMS[name](request.POST if "confirmed" in request.POST else None)
        form.label_suffix = ""
        return form

    def _apply(self, request, name, bulk, thing, changes) -> str:
        try:
            if name == "let_in":
                return let_in(thing, by=request.user)
            if name == "hold":
                hold(thing, by=request.user, why=changes["why"])
            else:
                workflow.take(name, thing, by=request.user, note=changes["note"])
        except ValidationError as mistakes:
            return " ".join(mistakes.messages)
        except workflow.Impossible as why:
            return str(why)
        except PermissionDenied:
            return "It is not yours to decide."
        return ""


@transaction.atomic
def let_in(story: Story, *, by: Any) -> str:
    """Into the queue, where its day puts it; a text if there was nothing to do."""
    found = Story.objects.select_for_update().get(pk=story.pk)
    if not found.is_rate_limited:
        return "It is not apart from the queue."
    found.is_rate_limited = False
    found.save(update_fields=["is_rate_limited", "modified_at"])
    audit_log.write(AuditEvent.Action.STORY, found, by=by, new={"step": "Let into the queue"})
    return ""


@transaction.atomic
def hold(story: Story, *, by: Any, why: str, seen_at: str = "") -> Story:
    """Why is written down for those who look after safeguarding, and for nobody else: its teller reads `words`."""
    held = workflow.take("hold", story, by=by, seen_at=seen_at)
    audit_log.write(AuditEvent.Action.STORY, held, by=by, new={WORRIED: why})
    return held
