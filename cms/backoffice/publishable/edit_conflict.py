"""Two people at one page: each is told of the other, and whoever saves second sees both versions and loses nothing."""

import datetime
from typing import Any

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.http import JsonResponse
from django.urls import path
from django.utils import formats, timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from cms.backoffice.base_admin import is_kept_beside
from cms.backoffice.publishable.diff_fields import describe, differences_between
from cms.lib.admin_urls import admin_url
from cms.revisions import kinds, snapshot, workflow
from cms.revisions.diff_text import Difference
from cms.revisions.models import Editing

FORGOTTEN_AFTER = datetime.timedelta(minutes=10)
_SIGN = """
WITH sign AS (
    INSERT INTO cms_editing (content_type_id, object_id, person_id, since, seen_at)
    VALUES (%(kind)s, %(pk)s, %(person)s, statement_timestamp(), statement_timestamp())
    ON CONFLICT (content_type_id, object_id, person_id) DO UPDATE SET
        since = CASE WHEN cms_editing.seen_at < statement_timestamp() - %(forgotten)s
                     THEN statement_timestamp() ELSE cms_editing.since END,
        seen_at = statement_timestamp()
)
SELECT person_id, since FROM cms_editing
WHERE content_type_id = %(kind)s AND object_id = %(pk)s AND person_id <> %(person)s
    AND seen_at > statement_timestamp() - %(forgotten)s
ORDER BY since
"""


class ConflictsMixin(BaseModelAdmin):
    @property
    def media(self):
        return super().media + forms.Media(js=["js/admin/presence.js"])

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_presence"
        view = self.admin_site.admin_view(self.presence)
        return [path("<int:pk>/presence/", view, name=name), *super().get_urls()]

    # Somebody else is editing

    def _sign(self, request, pk) -> list[str]:
        """Notes that this person has the form open; says who else has."""
        asked = {
            "kind": ContentType.objects.get_for_model(self.model).pk,
            "pk": pk,
            "person": request.user.pk,
            "forgotten": FORGOTTEN_AFTER,
        }
        with connection.cursor() as cursor:
            cursor.execute(_SIGN, asked)
            signs = cursor.fetchall()
        people = get_user_model()._default_manager.in_bulk([person for person, _ in signs])
        return [
            f"{people[person]} has this page open too, since {formats.time_format(timezone.localtime(since), 'H:i')}."
            for person, since in signs
            if person in people
        ]

    @method_decorator(require_POST)
    def presence(self, request, pk):
        """A sign of life from an open form, about once a minute."""
        thing = self.get_object(request, str(pk))
        if thing is None or not self.has_change_permission(request, thing):
            return JsonResponse({"others": []}, status=404)
        return JsonResponse({"others": self._sign(request, pk)})

    def response_change(self, request, obj):
        kind = ContentType.objects.get_for_model(self.model)
        Editing.objects.filter(content_type=kind, object_id=obj.pk, person=request.user).delete()
        return super().response_change(request, obj)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context |= {"others": [], "presence_url": ""}
        context.setdefault("conflict", None)
        if change and self.has_change_permission(request, obj):
            context["others"] = self._sign(request, obj.pk)
            context["presence_url"] = admin_url(obj, "presence")
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    # Somebody else has saved

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST" and object_id and request.POST.get("seen_at"):
            thing = self.get_object(request, unquote(object_id))
            last = self._last_saved(request, thing) if thing and self.has_change_permission(request, thing) else None
            if last and request.POST["seen_at"] != last[0].isoformat():
                return self._both_versions(request, object_id, form_url, thing, *last)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _last_saved(self, request, thing) -> tuple[datetime.datetime, Any] | None:
        """When what this form would replace was last saved, and by whom. Something new replaces nothing."""
        if proposal := request.proposal:
            return proposal.modified_at, None
        if is_kept_beside(request):
            return None
        last = thing.history.select_related("history_user").first() if hasattr(self.model, "history") else None
        return thing.modified_at, last.history_user if last else None

    def _both_versions(self, request, object_id, form_url, thing, at, by):
        """The form with their changes and mine; where both changed the same, mine, and theirs beside it."""
        kind = kinds.of(thing)
        live = kind.snapshot(thing)
        proposal = request.proposal
        now = workflow.as_proposed(proposal, live) if proposal else live
        bound = self.model._default_manager.get(pk=thing.pk)  # what is typed is written onto this one, not the thing
        form = self.get_form(request, bound, change=True)(request.POST, request.FILES, instance=bound)
        formsets, _ = self._create_formsets(request, form.instance, change=True)
        form.full_clean()
        typed = snapshot.typed(form, formsets)
        # What they may not write is not in their form, and stays as it is.
        typed = {part: now[part] | typed[part] for part in ("fields", "rows")}
        merged, clashes = snapshot.merge_marked(request.POST.get("seen", ""), typed, now)
        data = snapshot.as_posted(merged, live)
        data["change_reason"] = request.POST.get("change_reason", "")
        context = {
            "proposal": proposal,
            "conflict": {
                "by": by,
                "at": at,
                "both": self._side_by_side(request, clashes),
                "theirs": differences_between(kind, typed, merged, person=request.user),
            },
        }
        return self.show_filled_in(request, object_id, form_url, data, now, at, context)

    def _side_by_side(self, request, clashes) -> list[Difference]:
        return describe(
            kinds.of(self.model),
            [(clash.prefix, clash.name, clash.theirs, clash.mine) for clash in clashes],
            person=request.user,
        )
