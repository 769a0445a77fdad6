"""One way to change an object: each app registers a Kind for each model that can be edited, in its `kinds.py`.

    kind = kinds.of(programme)
    live = kind.snapshot(programme)                        what it says now, as plain values (snapshot.py)
    wanted, clashes = kind.merge(base, mine, live)         my changes since the base, on top of that
    kind.validate(programme, wanted)                       the mistakes, if there are any; nothing is saved
    kind.save(programme, wanted, actor=…, reason=…)        through the form and the rows that judge every change

The admin's form, proposals, scheduled changes, restored versions, bulk actions, merges, previews and the partners' desk
all come through here. Nothing here asks for permission: who may call it has been decided before, by the workflow or
the view, of the actor.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django import forms
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.admin.utils import construct_change_message, flatten_fieldsets
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.forms import BaseModelForm, ModelForm, all_valid
from django.forms.models import BaseInlineFormSet
from django.forms.utils import ErrorList
from django.utils.datastructures import MultiValueDict
from django.utils.text import capfirst

from cms.lib.admin_urls import admin_url
from cms.lib.datetime_fields import MomentField
from cms.lib.queries import read_links
from cms.publishing import permissions, publication_log
from cms.publishing.models import Publishable
from cms.publishing.permissions import Somebody
from cms.revisions import snapshot
from cms.revisions.actors import Actor, person_of
from cms.revisions.models import Proposal
from cms.revisions.snapshot import Clash, Values

M = TypeVar("M", bound=models.Model)

if TYPE_CHECKING:
    from django.contrib.admin.options import _FieldGroups, _FieldsetSpec

MOST_ROWS = 200  # of one sort in one form; a form that claims more is not believed
PUBLICATION_FIELDS = ("status", "publish_at", "unpublish_at", "owner", "checked_on", "review_on")


@dataclass(frozen=True)
class Rows:
    """Rows of another model that are edited within an object's form. `fields` may hold tuples, shown side by side."""

    model: type[models.Model]
    fields: "_FieldGroups"
    formset: type[BaseInlineFormSet] = BaseInlineFormSet

    @property
    def names(self) -> list[str]:
        return flatten_fieldsets([(None, {"fields": self.fields})])

    def prefix(self, parent: type[models.Model]) -> str:
        """The name of the rows in values and in posted forms."""
        relations = (found.remote_field for found in self.model._meta.concrete_fields if found.related_model is parent)
        return next(name for found in relations if found and (name := found.get_accessor_name(model=self.model)))


@dataclass
class Mistakes:
    """What a form would not take: by field of the object itself, and all of it in sentences that name the field."""

    by_field: dict[str, list[str]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.messages)


class Kind(Generic[M]):
    """What the portal needs to know of a model that can be edited. Subclassed and registered by its app."""

    model: type[M]
    form: type[ModelForm] = ModelForm
    row_form: type[ModelForm] = ModelForm
    layout: "ClassVar[_FieldsetSpec]" = ()  # the sections of its form
    rows: ClassVar[Sequence[Rows]] = ()

    # Its form and its rows

    @cached_property
    def fields(self) -> list[str]:
        """Everything a version of it holds, in the order of the form."""
        names = flatten_fieldsets(self.layout)
        return [*names, *PUBLICATION_FIELDS] if issubclass(self.model, Publishable) else names

    @cached_property
    def form_class(self) -> type[BaseModelForm]:
        return forms.modelform_factory(self.model, form=self.form, fields=self.fields, formfield_callback=_form_field)

    @cached_property
    def formset_classes(self) -> list[type[BaseInlineFormSet]]:
        return [
            forms.inlineformset_factory(
                self.model,
                rows.model,
                form=self.row_form,
                formset=rows.formset,
                fields=rows.names,
                extra=0,
                max_num=MOST_ROWS,
                absolute_max=MOST_ROWS,
                formfield_callback=_form_field,
            )
            for rows in self.rows
        ]

    def build(self, instance: M, data: MultiValueDict | None = None) -> tuple[BaseModelForm, list[BaseInlineFormSet]]:
        """The object's form and its rows, filled in with `data` if there is any."""
        form = self.form_class(data, instance=instance)
        return form, [formset_class(data, instance=form.instance) for formset_class in self.formset_classes]

    # The calls

    def snapshot(self, instance: M) -> Values:
        """What it says now, as it is saved."""
        read_links(instance, whole=False)
        return snapshot.shown(*self.build(instance))

    def merge(self, base: Values, mine: Values, theirs: Values) -> tuple[Values, list[Clash]]:
        return snapshot.merge(base, mine, theirs)

    def validate(self, instance: M, values: Values, *, live: Values | None = None) -> Mistakes:
        """What would keep these values from being saved. The instance is written on, and not saved."""
        form, formsets = self.build(instance, self._posted(instance, values, live))
        return mistakes_in(form, formsets)

    @transaction.atomic
    def save(
        self,
        instance: M,
        values: Values,
        *,
        actor: Actor,
        reason: str = "",
        live: Values | None = None,
        checker: str = "",
    ) -> M:
        """Saves these values; what they leave out stays as it is. A new instance may have no primary key yet.

        `live` spares asking again for what the object says now; `checker` is who looked at the whole of it just now.
        Raises ValidationError with a sentence for each mistake, and then saves nothing.
        """
        is_new = instance.pk is None
        form, formsets = self.build(instance, self._posted(instance, values, live, reason))
        form.saver, form.checker = person_of(actor), checker  # type: ignore[attr-defined]
        if mistakes := mistakes_in(form, formsets):
            raise ValidationError(mistakes.messages)
        saved = self.write(form, formsets, actor=actor)
        if person := person_of(actor):
            message = construct_change_message(form, formsets, is_new)  # type: ignore[arg-type]  # any form
            LogEntry.objects.log_actions(
                person.pk, [saved], ADDITION if is_new else CHANGE, change_message=message, single_object=True
            )
        return saved

    @transaction.atomic
    def change(
        self, instance: M, changes: Mapping[str, Any], *, actor: Actor, reason: str = "", checker: str = ""
    ) -> M:
        """Saves the object, as it is in the database by now, with these fields changed. Raises ValidationError."""
        instance = locked(instance)
        live = self.snapshot(instance)
        fields = {name: snapshot.plain(value) for name, value in changes.items()}
        wanted = {"fields": live["fields"] | fields, "rows": {}}
        return self.save(instance, wanted, actor=actor, reason=reason, live=live, checker=checker)

    def write(self, form: BaseModelForm, formsets: Sequence[BaseInlineFormSet], *, actor: Actor) -> M:
        """Stores a form and its rows that were found valid, with their history and their line in the audit log."""
        person = person_of(actor)
        for one in [form, *(row for rows in formsets for row in rows.forms)]:
            one.instance._history_user = person
        with self.recording(form.instance, actor=actor, reason=form.cleaned_data.get("change_reason", "")):
            self.store(form, actor=actor)
            for rows in formsets:
                rows.save()
        return form.instance

    def store(self, form: BaseModelForm, *, actor: Actor) -> None:
        instance = form.save(commit=False)
        if isinstance(instance, Publishable):
            with publication_log.recorded(instance, by=person_of(actor)):
                instance.save()
        else:
            instance.save()
        form.save_m2m()

    def recording(self, instance: M, *, actor: Actor, reason: str) -> AbstractContextManager[None]:
        """What is written in the audit log around a save, beside what became public."""
        return nullcontext()

    def _posted(self, instance: M, values: Values, live: Values | None, reason: str = "") -> MultiValueDict:
        live = live or (self.snapshot(instance) if instance.pk else self.empty(values))
        if lost := set(values["rows"]) - set(live["rows"]):
            raise ValidationError(f"A list is not part of the form any more: {', '.join(sorted(lost))}.")
        data = snapshot.as_posted(values, live)
        data["change_reason"] = reason
        if isinstance(instance, Publishable) and instance.pk:
            data["seen_at"] = instance.modified_at.isoformat()
        return data

    def empty(self, values: Values) -> Values:
        """What a new object says before anything is: nothing, with no rows."""
        return {"fields": {}, "rows": {rows.prefix(self.model): [] for rows in self.rows}}

    # Who may do what, and who hears of it

    def may_change(self, person: Somebody, instance: M | None = None) -> bool:
        return permissions.may_change(person, self.model, instance)

    def may_publish(self, person: Somebody, instance: M | None = None) -> bool:
        return permissions.may_publish(person, self.model, instance)

    def may_propose(self, person: Somebody, proposal: Proposal) -> bool:
        """Whether somebody who is no staff speaks for the object, in whose name this was proposed."""
        return False

    def name_of_writer(self, person: Somebody, proposal: Proposal) -> str:
        """How the audit log calls somebody who works on a proposal in the name of the object; empty for staff."""
        return ""

    def address_for_writers(self, proposal: Proposal) -> str:
        """Where those who wrote a proposal read what became of it."""
        return proposal.get_absolute_url()

    def writers_of(self, proposal: Proposal) -> list[Any]:
        """Whom a decision about it is news for."""
        return [proposal.by] if proposal.by else []

    # Its page

    def for_page(self) -> models.QuerySet[M]:
        """The objects with all that their page shows."""
        manager: Any = self.model._default_manager
        return manager.for_page() if hasattr(manager, "for_page") else manager.all()

    def template(self, instance: M) -> str:
        raise NotImplementedError

    def context(self, instance: M) -> dict[str, Any]:
        raise NotImplementedError

    def edit_url(self, instance: M) -> str:
        return admin_url(instance)


def _form_field(db_field: models.Field, **kwargs: Any) -> forms.Field | None:
    """As the admin's forms have it, where that decides what a value is."""
    if isinstance(db_field, models.DateTimeField):
        kwargs["form_class"] = MomentField
    if isinstance(db_field, models.URLField):
        kwargs["assume_scheme"] = "https"
    return db_field.formfield(**kwargs)


def locked(instance: M) -> M:
    """The same object as it is saved now; nobody else saves it before this transaction ends. Raises ValidationError
    if it is gone."""
    found = type(instance)._default_manager.select_for_update().filter(pk=instance.pk).first()
    if found is None:
        raise ValidationError("It is not there any more.")
    return found


def mistakes_in(form: BaseModelForm, formsets: Sequence[BaseInlineFormSet]) -> Mistakes:
    """What filled-in forms would not take, each with the name of its field, for where the form itself is not shown."""
    form.is_valid()  # first: the rows look at the object as it was typed
    all_valid(list(formsets))
    found = [_sentence(form, name, errors) for name, errors in form.errors.items()]
    for rows in formsets:
        found += [str(error) for error in rows.non_form_errors()]
        for row in rows.forms:
            title = capfirst(str(row.instance._meta.verbose_name))
            found += [f"{title}: {_sentence(row, name, errors)}" for name, errors in (row.errors or {}).items()]
    return Mistakes({name: list(map(str, errors)) for name, errors in form.errors.items()}, found)


def _sentence(form: forms.BaseForm, name: str, errors: ErrorList) -> str:
    sentences = " ".join(map(str, errors))
    return f"{form.fields[name].label}: {sentences}" if name in form.fields else sentences


# The registry

_registered: dict[type[models.Model], Kind] = {}
K = TypeVar("K", bound=type[Kind])


def register(kind_class: K) -> K:
    """A decorator for the Kind of a model."""
    kind = kind_class()
    _registered[kind.model] = kind
    return kind_class


def of(model: type[M] | M) -> Kind[M]:
    """The kind of a model, or of one of its objects. Raises KeyError if nothing is registered for it."""
    return _registered[model if isinstance(model, type) else type(model)]


def registered() -> Iterator[Kind]:
    yield from _registered.values()
