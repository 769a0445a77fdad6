"""Saves a thing through its own form, as if somebody had typed it: for proposals, old versions and many at once.

Whatever is not proposed stays as it is now, and whatever the form would refuse is refused.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.forms import BaseModelForm, all_valid
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.text import capfirst
from simple_history.models import HistoricalRecords

from cms.lib.queries import read_links
from cms.revisions import snapshot
from cms.revisions.snapshot import Values

Forms = tuple[BaseModelForm, list[BaseInlineFormSet]]


def admin_of(model: Any) -> Any:
    """The admin that a kind of thing is edited in."""
    return admin.site.get_model_admin(model)


def live_forms(model_admin: Any, request: HttpRequest, thing: models.Model) -> Forms:
    """The thing's forms as nobody has typed into them yet."""
    asked = copy(request)
    asked.method = "GET"
    read_links(thing, whole=False)
    form = _form_class(model_admin, asked, thing)(instance=thing)
    return form, model_admin._create_formsets(asked, thing, change=True)[0]


def locked(thing: Any) -> Any:
    """The same thing as it is saved now; nobody else saves it before this transaction ends."""
    found = type(thing)._default_manager.select_for_update().filter(pk=thing.pk).first()
    if found is None:
        raise ValidationError("It is not there any more.")
    return found


def live_values(model_admin: Any, request: HttpRequest, thing: models.Model) -> Values:
    return snapshot.shown(*live_forms(model_admin, request, thing))


def bound_forms(
    model_admin: Any, request: HttpRequest, thing: models.Model | None, data: Any
) -> tuple[HttpRequest, Forms]:
    """The thing's forms with this typed into them, and the request that would have brought it."""
    posted = copy(request)
    posted.method, posted.POST, posted._files = "POST", data, {}  # type: ignore[attr-defined]
    form = _form_class(model_admin, posted, thing)(data, {}, instance=thing)
    formsets = model_admin._create_formsets(posted, form.instance, change=thing is not None)[0]
    return posted, (form, formsets)


def _form_class(model_admin, request, thing):
    shown = flatten_fieldsets(model_admin.get_fieldsets(request, thing))
    fields = [name for name in shown if name != "given_to"]  # a right of somebody's, not what the thing says
    return model_admin.get_form(request, thing, change=thing is not None, fields=fields)


@transaction.atomic
def save_forms(model_admin: Any, posted: HttpRequest, forms: Forms) -> Any:
    """Raises ValidationError with a sentence for each mistake, and then saves nothing."""
    form, formsets = forms
    change = form.instance.pk is not None
    is_valid = form.is_valid()
    if not all_valid(formsets) or not is_valid:
        raise ValidationError(mistakes(form, formsets))
    thing = model_admin.save_form(posted, form, change=change)
    with _history_by(posted):
        model_admin.save_model(posted, thing, form, change)
        model_admin.save_related(posted, form, formsets, change)
    if posted.user.pk:
        message = model_admin.construct_change_message(posted, form, formsets, not change)
        (model_admin.log_change if change else model_admin.log_addition)(posted, thing, message)
    return thing


@contextmanager
def _history_by(request: HttpRequest) -> Iterator[None]:
    """The history names whoever decided, also where no middleware has seen a request."""
    before = getattr(HistoricalRecords.context, "request", None)
    HistoricalRecords.context.request = request
    try:
        yield
    finally:
        HistoricalRecords.context.request = before


def save_values(
    model_admin: Any, request: HttpRequest, thing: models.Model, wanted: Values, live: Values, why: str = ""
) -> Any:
    if lost := set(wanted["rows"]) - set(live["rows"]):
        raise ValidationError(f"A list is not part of the form any more: {', '.join(sorted(lost))}.")
    data = snapshot.as_posted(wanted, live)
    data["change_reason"] = why
    if hasattr(thing, "modified_at"):
        data["seen_at"] = thing.modified_at.isoformat()
    return save_forms(model_admin, *bound_forms(model_admin, request, thing, data))


@transaction.atomic
def apply(model_admin: Any, request: HttpRequest, thing: models.Model, changes: dict[str, Any], why: str = "") -> Any:
    """Saves the thing with these fields changed. Raises ValidationError with a sentence for each mistake."""
    thing = locked(thing)
    live = live_values(model_admin, request, thing)
    wanted = {"fields": live["fields"] | {name: snapshot.plain(value) for name, value in changes.items()}, "rows": {}}
    return save_values(model_admin, request, thing, wanted, live, why)


def mistakes(form: BaseModelForm, formsets: list[Any]) -> list[str]:
    """Each with the name of its field, for where the form itself is not shown."""
    all_valid(formsets)
    told = [_told(form, name, errors) for name, errors in form.errors.items()]
    for rows in formsets:
        told += [str(error) for error in rows.non_form_errors()]
        for row in rows.forms:
            title = capfirst(str(rows.model._meta.verbose_name))
            told += [f"{title}: {_told(row, name, errors)}" for name, errors in (row.errors or {}).items()]
    return told


def _told(form, name, errors) -> str:
    words = " ".join(errors)
    return f"{form.fields[name].label}: {words}" if name in form.fields else words


def request_of(person: Any, *, is_the_portal: bool = False) -> HttpRequest:
    """For forms and rights where nobody is at a browser. As the portal it carries out what somebody with the right
    decided before, even if they have lost it since."""
    request = HttpRequest()
    request.user = person or AnonymousUser()
    request.is_the_portal = is_the_portal  # type: ignore[attr-defined]
    return request


def is_the_portal(request: Any) -> bool:
    """Whether this carries out what somebody with the right decided before, whatever rights they have now."""
    return getattr(request, "is_the_portal", False)
