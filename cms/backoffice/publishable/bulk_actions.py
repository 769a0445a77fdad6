"""What staff do to many things at once: each through its own form, as if it had been opened and saved.

What could not be done is told with the reason, and never holds up the rest. A long list is worked off a batch at a
time, so that no request takes longer than the web server lets it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.backoffice.forms import DateInput
from cms.backoffice.object_permissions import called
from cms.lib import xlsx
from cms.lib.admin_urls import admin_url
from cms.lib.queries import number
from cms.publishing import review_dates
from cms.publishing.display import Words, name_of
from cms.publishing.models import Publishable
from cms.requests import reauthentication
from cms.revisions import assurance, kinds

BATCH = 50
IT_IS_ALREADY = "It is so already."
GONE = "It is not there any more."
NOT_YOURS = "It is not yours to change."

Changes = dict[str, Any]


def _publish(thing, chosen) -> Changes:
    if thing.state == "public":
        return {}
    passed = {"scheduled": {"publish_at": None}, "down": {"unpublish_at": None}}
    return {"status": Publishable.Status.PUBLISHED} | passed.get(thing.state, {})


def _take_down(thing, chosen) -> Changes:
    return {} if thing.state == "draft" else {"status": Publishable.Status.DRAFT}


def _change(thing, chosen) -> Changes:
    """Whatever of the chosen values it does not have yet; links are added to those it has."""
    changes = {}
    for name, value in chosen.items():
        if isinstance(value, models.QuerySet):
            has = set(getattr(thing, name).all())
            value = [] if has >= set(value) else [*has, *value]
        if value and value != getattr(thing, name):
            changes[name] = value
    return changes


@dataclass(frozen=True)
class Bulk:
    """One thing to do. `right` is what it takes; `of_what` makes the changes of one thing, none if it is so already."""

    label: str
    done: str
    hint: str = ""
    right: str = "change"
    of_what: Callable[[Any, Mapping[str, Any]], Changes] = _change
    asks: tuple[str, ...] = ()
    is_public: bool = False  # the public reads what is changed, so of a published thing it takes the right to publish


BULKS = {
    "publish": Bulk(
        "Publish", "published", "Whatever waits for a time, or was taken down, is public at once.", "publish", _publish
    ),
    "take_down": Bulk("Take down", "taken down", "They become drafts that only staff can see.", "publish", _take_down),
    "set_owner": Bulk("Set the owner", "given to their new owner", asks=("owner",)),
    "set_review_day": Bulk("Set the day to check again", "given a new day", asks=("review_on",)),
    "confirm": Bulk(
        "Confirm as still right",
        "confirmed",
        "Today becomes the day they were last checked; the public pages say so. The next time is in a year.",
        of_what=review_dates.changes,
    ),
}


class BulkMixin(BaseModelAdmin):
    bulk_links: tuple[str, ...] = ()  # many-to-many fields that many things can be added to at once

    def _bulks(self) -> dict[str, Bulk]:
        adds = {f"add_{name}": self._adding(name) for name in self.bulk_links}
        return BULKS | adds | {"export": Bulk("Export as a spreadsheet", "exported", right="view")}

    def _adding(self, name):
        words = name_of(self.model, name).lower()
        return Bulk(f"Add {words}", f"changed: {words} added", "Those they have stay.", asks=(name,), is_public=True)

    def get_actions(self, request):
        offered = {}
        for name, bulk in self._bulks().items():
            if getattr(self, f"has_{bulk.right}_permission")(request):
                offered[name] = (type(self).bulk, name, bulk.label)
        return offered | super().get_actions(request)

    def get_action_choices(self, request, default_choices=()):
        return super().get_action_choices(request, default_choices or [("", "Choose what to do")])

    def name_in_list(self, thing) -> str:
        """What staff know it by."""
        return str(thing)

    def get_changelist_instance(self, request):
        request.changelist = super().get_changelist_instance(request)
        return request.changelist

    def bulk(self, request, chosen):
        name = request.POST.getlist("action")[_index(request)]
        bulk = self._bulks()[name]
        form = self._bulk_form(request, bulk)
        if not form.is_bound or not form.is_valid():
            return self._ask(request, chosen, name, form)
        if name == "export":
            return self._export(request, chosen)
        done_to = number(request.POST.get("done_to")) or 0
        batch = list(chosen.filter(pk__gt=done_to).order_by("pk")[:BATCH])
        self._report(request, bulk, batch, list(self._do(request, name, bulk, batch, form.cleaned_data)))
        if batch and (left := chosen.filter(pk__gt=batch[-1].pk).count()):
            return self._ask(request, chosen, name, form, done_to=batch[-1].pk, left=left)
        return HttpResponseRedirect(request.get_full_path())

    def _do(self, request, name, bulk, batch, values) -> Iterator[tuple[models.Model, str]]:
        """Each thing as it is by now, with why it could not be done; an empty text if it was."""
        for listed in batch:
            thing = self.get_queryset(request).select_for_update(of=("self",)).filter(pk=listed.pk).first()
            if thing is None:
                yield listed, GONE
                continue
            changes = bulk.of_what(thing, values)
            if not self._may(request, bulk, thing):
                yield thing, NOT_YOURS
            elif not changes:
                yield thing, IT_IS_ALREADY
            else:
                yield thing, self._apply(request, name, bulk, thing, changes)

    def _may(self, request, bulk, thing) -> bool:
        is_live = bulk.is_public and thing.status == Publishable.Status.PUBLISHED
        return getattr(self, f"has_{'publish' if is_live else bulk.right}_permission")(request, thing)

    def _apply(self, request, name, bulk, thing, changes) -> str:
        try:
            if name == "confirm":
                assurance.confirm(thing, actor=request.user, checker=Publishable.Checker.COUNCIL)
            else:
                reason = f"With others: {bulk.label.lower()}"
                kinds.of(thing).change(thing, changes, actor=request.user, reason=reason)
        except ValidationError as mistakes:
            return " ".join(mistakes.messages)
        return ""

    def _report(self, request, bulk, batch, told):
        done = sum(not why for _, why in told)
        if done:
            messages.success(request, f"{done} {bulk.done}.")
        if done == len(batch):
            return
        each = format_html_join(
            "",
            '<li><a href="{}">{}</a>: {}</li>',
            ((admin_url(thing), self.name_in_list(thing), why) for thing, why in told if why),
        )
        messages.warning(request, format_html("{} could not be: <ul>{}</ul>", len(batch) - done, each))

    def _bulk_form(self, request, bulk):
        fields = {name: self._asked_field(request, name) for name in bulk.asks}
        form_class = type("BulkForm", (forms.Form,), fields)
        return form_class(request.POST if "confirmed" in request.POST else None, label_suffix="")

    def _asked_field(self, request, name):
        field = self.model._meta.get_field(name)
        if name == "owner":
            staff = get_user_model()._default_manager.filter(is_staff=True, is_active=True)
            return forms.ModelChoiceField(staff, label="Owner", help_text=field.help_text)
        if name == "review_on":
            day = forms.DateField(label="Check again on", help_text=field.help_text, widget=DateInput)
            day.validators.append(_not_in_the_past)
            return day
        things = field.related_model._default_manager.all()
        if issubclass(field.related_model, Publishable):
            things = things.readable_by(request.user)
        boxes = forms.CheckboxSelectMultiple
        return forms.ModelMultipleChoiceField(things, label=name_of(self.model, name), widget=boxes)

    def _ask(self, request, chosen, name, form, *, done_to=0, left=None):
        ticked = [key for key in request.POST.getlist(ACTION_CHECKBOX_NAME) if number(key) is not None]
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "bulk": self._bulks()[name],
            "title": self._bulks()[name].label,
            "name": name,
            "form": form,
            "ticked": ticked,
            "shown": [self.name_in_list(thing) for thing in chosen.order_by("pk").filter(pk__gt=done_to)[:BATCH]],
            "all_count": request.changelist.result_count,
            "is_all": request.POST.get("select_across") == "1",
            "done_to": done_to,
            "left": left,
            "list_url": request.get_full_path(),
        }
        return render(request, "admin/bulk.html", context)

    def _export(self, request, chosen):
        reauthentication.ask_again(request)
        fields = [field for field in map(self._field, flatten_fieldsets(self.fieldsets)) if field]
        links = [field.name for field in fields if field.many_to_many]
        things = chosen.order_by("pk").select_related(*(field.name for field in fields if field.many_to_one))
        columns = [xlsx.Column("On the site")] + [
            xlsx.Column(name_of(self.model, field.name), width=40 if field.many_to_many else 24) for field in fields
        ]
        rows = (
            [thing.get_absolute_url(), *(_cell(request.user, thing, field) for field in fields)]
            for thing in things.prefetch_related(*links).iterator(chunk_size=500)
        )
        file = xlsx.xlsx(columns, rows)
        count = chosen.order_by().count()
        audit_log.write(AuditEvent.Action.EXPORTED, self.model, by=request.user, new={"rows": count})
        return xlsx.download(file, str(self.opts.verbose_name_plural))

    def _field(self, name):
        return next((field for field in self.opts.get_fields() if field.name == name and not field.auto_created), None)


def _cell(person, thing, field):
    if field.many_to_many:
        return ", ".join(called(person, other) for other in getattr(thing, field.name).all())
    value = getattr(thing, field.name)
    is_kept_as_it_is = isinstance(field, (models.DateField, models.IntegerField, models.DecimalField))
    if value is None or isinstance(value, bool) or (is_kept_as_it_is and not field.flatchoices):
        return value
    return called(person, value) if field.is_relation else "" if value == "" else Words().say(field, value)


def _not_in_the_past(day):
    if day < timezone.localdate():
        raise ValidationError("That day has passed. Choose one to come.", code="passed")


def _index(request) -> int:
    places = len(request.POST.getlist("action"))
    return min(number(request.POST.get("index")) or 0, places - 1)
