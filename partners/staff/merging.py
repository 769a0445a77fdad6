"""Makes two records of the same organisation one.

Whatever led to the record that goes leads to the one that stays, whichever app it lives in. Every
relation the ORM knows of is walked; what is not simply moved has a rule in RULES or GENERIC.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models, transaction
from django.utils import timezone

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.backoffice.forms import remember_move
from cms.outbox import mail
from cms.publishing import review_requests
from cms.publishing.models import MovedAddress, ReviewRequest, SeededRow
from cms.revisions import kinds, workflow
from cms.revisions.models import Proposal
from partners.models import FormerName, Member, Partner
from partners.staff import acting_grants, staff_permissions

# Taken over where the one that stays has none.
FILLED = ("body", "website", "website_note", "logo", "started", "parent")
LISTS = ("wards", "sources")
_OTHER_NAMES = Partner._meta.get_field("also_known_as").max_length or 0
WHY = "Two records of the same organisation became one"


@transaction.atomic
def merge(kept: Partner, dropped: Partner, *, by: Any) -> Partner:
    """Raises PermissionDenied, or ValidationError in words; then nothing is changed."""
    kept, dropped = _locked(kept, dropped)
    for partner in (kept, dropped):
        staff_permissions.ask(by, "merge_partner", partner)
    called = {"names": [str(kept), str(dropped)]}
    told = _people_told(dropped)
    writers = _take_back(dropped, by)
    review_requests.close(dropped, ReviewRequest.Answer.OVERTAKEN)
    for going_on in dropped.actings.current():
        acting_grants.end(going_on)
    changes = _changes(kept, dropped)
    _unlink(kept, dropped)
    for relation in relations():
        RULES.get(relation, _move)(relation, kept, dropped)
    for kind in generic_kinds():
        GENERIC.get(kind, _move_about)(kind, kept, dropped)
    for proposal in Proposal.objects.open().select_for_update():
        _lead_elsewhere(proposal, kept, dropped)
    old_path = dropped.get_absolute_url()
    gone: dict[str, Any] = {"web name": dropped.slug, "key": dropped.pk}
    kinds.locked(dropped).delete()
    kept = kinds.of(kept).change(kept, changes, actor=by, reason=WHY)
    _redirect(kept, old_path, gone["key"])
    audit_log.write(AuditEvent.Action.MERGED, kept, by=by, old=called | gone, new={"name": str(kept)}, note=WHY)
    for person in told | writers:
        _tell(person, kept, called["names"][1], has_written=person in writers)
    return kept


def _locked(kept: Partner, dropped: Partner) -> tuple[Partner, Partner]:
    """Both rows, always in the same order, so that two who merge at once wait for each other and do not block."""
    if kept.pk == dropped.pk:
        raise ValidationError("Choose another record: this is the same one.", code="same")
    rows = Partner.objects.select_for_update().filter(pk__in=[kept.pk, dropped.pk]).order_by("pk")
    found = {partner.pk: partner for partner in rows}
    if len(found) < 2:
        raise ValidationError("One of the two is not there any more.", code="gone")
    return found[kept.pk], found[dropped.pk]


def _people_told(dropped: Partner) -> set[Any]:
    return {member.person for member in dropped.members.current().select_related("person")}


def _take_back(dropped: Partner, by: Any) -> set[Any]:
    """Open changes of the record that goes; returns who had written them."""
    writers = set()
    for proposal in list(Proposal.objects.open().about(dropped).select_related("by").order_by("pk")):
        workflow.take("take_back", proposal, by=by, note=WHY)
        if proposal.by and proposal.by != by and proposal.by.is_active:
            writers.add(proposal.by)
    return writers


def _changes(kept: Partner, dropped: Partner) -> dict[str, Any]:
    """What the one that stays takes over, to be saved through its own form."""
    changes: dict[str, Any] = {}
    for name in FILLED:
        value = getattr(dropped, name)
        if value and value != kept and not getattr(kept, name):
            changes[name] = value
    for name in LISTS:
        links = {*getattr(kept, name).all(), *getattr(dropped, name).all()}
        changes[name] = sorted(links, key=lambda link: link.pk)
    names, former = new_names(kept, dropped)
    if names:
        changes["also_known_as"] = names
    for name in former:
        FormerName.objects.create(partner=kept, name=name)
    for name, value in (("successor", dropped.successor), ("parent", dropped.parent)):
        if getattr(kept, f"{name}_id") == dropped.pk:
            changes[name] = value if value and value != kept else None
    return changes


def new_names(kept: Partner, dropped: Partner) -> tuple[str, list[str]]:
    """What it is also known as from now on, empty for no change; and names for which there is no room beside that."""
    own = [kept.name, *re.split(r"\s*;\s*", kept.also_known_as), *_former(kept), *_former(dropped)]
    known = {name.casefold() for name in own}
    together, former = kept.also_known_as, []
    for name in (dropped.name, dropped.also_known_as):
        if not name or name.casefold() in known:
            continue
        longer = "; ".join(filter(None, [together, name]))
        if len(longer) <= _OTHER_NAMES:
            together = longer
        else:
            former.append(name[:120])
        known.add(name.casefold())
    return together if together != kept.also_known_as else "", former


def _former(partner: Partner) -> list[str]:
    return [former.name for former in partner.former_names.all()]


def _unlink(kept: Partner, dropped: Partner) -> None:
    """So that no row leads to itself when the others are moved."""
    leading = [name for name in ("successor", "parent") if getattr(kept, f"{name}_id") == dropped.pk]
    if not leading:
        return
    for name in leading:
        setattr(kept, name, None)
    kept._change_reason = WHY  # type: ignore[attr-defined]
    kept.save()


def relations() -> Iterator[str]:
    """Every foreign key that leads to a partner, hidden ones too, as “app.Model.field”; without those of old versions,
    which say what was."""
    fields: list[Any] = Partner._meta.get_fields(include_hidden=True)
    for field in fields:
        if field.auto_created and (field.one_to_many or field.one_to_one):
            model = field.related_model
            if not hasattr(model, "instance_type") and not model.__name__.startswith("Historical"):
                yield f"{model._meta.label}.{field.field.name}"


def generic_kinds() -> Iterator[str]:
    """Every table whose rows may be about anything."""
    for field in ContentType._meta.get_fields(include_hidden=True):
        model = field.related_model if field.auto_created and field.one_to_many else None
        if model and any(one.name == "object_id" for one in model._meta.concrete_fields):
            yield model._meta.label


def leading_to(partner: Partner) -> Iterator[tuple[str, Any]]:
    """Each kind of what leads to it, and its rows."""
    for relation in relations():
        yield relation, _rows(relation, partner)[0]
    for kind in generic_kinds():
        if GENERIC.get(kind) is not _stays:
            yield kind, _about(kind, partner)


def _rows(relation: str, partner: Partner) -> Any:
    label, _, name = relation.rpartition(".")
    model = apps.get_model(label)
    return model._base_manager.filter(**{name: partner}).order_by("pk"), model, name


def _move(relation: str, kept: Partner, dropped: Partner, same: tuple[str, ...] = ()) -> None:
    """Those that say the same as one of the kept record are dropped: of which `same` fields are the same, or all that a
    constraint says there may be only one of."""
    rows, model, name = _rows(relation, dropped)
    same = same or _unique_beside(model, name)
    there = {_told(row, same): row for row in _rows(relation, kept)[0]} if same else {}
    for row in rows:
        other = there.get(_told(row, same)) if same else None
        if other is None:
            setattr(row, name, kept)
            row.save()
            continue
        if getattr(row, "note", "") and not other.note:
            other.note = row.note
            other.save()
        row.delete()


def _unique_beside(model: Any, name: str) -> tuple[str, ...]:
    """What else must differ between two rows that lead to the same partner; tables of links say it in the old way."""
    for fields in model._meta.unique_together:
        if name in fields:
            return tuple(field for field in fields if field != name)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and name in constraint.fields and not constraint.condition:
            return tuple(field for field in constraint.fields if field != name)
    return ()


def _told(row, names):
    values = (getattr(row, name) for name in names)
    return tuple(value.strip().casefold() if isinstance(value, str) else value for value in values)


def _members(relation: str, kept: Partner, dropped: Partner) -> None:
    """Whoever speaks for both keeps the higher role; the other line is an ended one."""
    here = {member.person_id: member for member in kept.members.filter(ended_at=None)}
    for member in dropped.members.all():
        other = here.get(member.person_id) if member.ended_at is None else None
        if other is not None:
            if member.is_manager and not other.is_manager:
                other.role = Member.Role.MANAGER
                other.save(update_fields=["role"])
            member.ended_at = timezone.now()
        member.partner = kept
        member.save()


def _saved_with_the_page(relation: str, kept: Partner, dropped: Partner) -> None:
    """Among what is saved through the form of the one that stays (`_changes`)."""


def _given(relation: str, kept: Partner, dropped: Partner) -> None:
    kept.given_to.add(*dropped.given_to.all())


RULES: dict[str, Callable[[str, Partner, Partner], None]] = {
    "partners.Member.partner": _members,
    "partners.FormerName.partner": partial(_move, same=("name",)),
    "partners.PersonInRole.partner": partial(_move, same=("name", "role", "as_of")),
    "partners.Partner_wards.partner": _saved_with_the_page,
    "partners.Partner_sources.partner": _saved_with_the_page,
    "partners.Partner_given_to.partner": _given,
}


def _about(kind: str, partner: Partner) -> Any:
    about = ContentType.objects.get_for_model(Partner)
    return apps.get_model(kind)._base_manager.filter(content_type=about, object_id=partner.pk).order_by("pk")


def _move_about(kind: str, kept: Partner, dropped: Partner) -> None:
    for row in _about(kind, dropped):
        row.object_id = kept.pk
        row.save(update_fields=["object_id"])


def _move_askings(kind: str, kept: Partner, dropped: Partner) -> None:
    days = set(_about(kind, kept).values_list("review_on", flat=True))
    _about(kind, dropped).filter(review_on__in=days).delete()
    _move_about(kind, kept, dropped)


def _revoke_and_move(kind: str, kept: Partner, dropped: Partner) -> None:
    """A link shows the page it was made for, and that one goes."""
    for link in _about(kind, dropped):
        if link.revoked_at is None:
            link.revoked_at = timezone.now()
        link.object_id = kept.pk
        link.save(update_fields=["revoked_at", "object_id"])


def _forget(kind: str, kept: Partner, dropped: Partner) -> None:
    """Written anew by itself for the one that stays, where there is reason to."""
    _about(kind, dropped).delete()


def _stays(kind: str, kept: Partner, dropped: Partner) -> None:
    """Says what was, about what was there then."""


GENERIC: dict[str, Callable[[str, Partner, Partner], None]] = {
    "cms.ReviewRequest": _move_askings,
    "cms.PreviewLink": _revoke_and_move,
    "cms.DeadLink": _forget,
    "cms.Reminder": _forget,
    "cms.Editing": _forget,
    "cms.AuditEvent": _stays,
    "admin.LogEntry": _stays,
}


def _lead_elsewhere(proposal: Proposal, kept: Partner, dropped: Partner) -> None:
    """A change beside another page that would lead to the one that goes."""
    model = proposal.content_type.model_class()
    if model is None:
        return
    for values in (proposal.values, proposal.base):
        _replace(values.get("fields", {}), model, kept, dropped)
        for prefix, rows in values.get("rows", {}).items():
            try:
                row_model = model._meta.get_field(prefix).related_model
            except FieldDoesNotExist:
                continue
            for row in rows:
                _replace(row, row_model, kept, dropped)
    proposal.save(update_fields=["values", "base"])


def _replace(values: dict[str, Any], model: Any, kept: Partner, dropped: Partner) -> None:
    leading = {field.name for field in model._meta.get_fields() if field.concrete and field.related_model is Partner}
    old, new = str(dropped.pk), str(kept.pk)
    for name in leading & values.keys():
        value = values[name]
        if isinstance(value, list):
            values[name] = sorted({new if one == old else one for one in value})
        elif value == old:
            values[name] = new


def _redirect(kept: Partner, old_path: str, gone: int) -> None:
    """The old address, and all that were moved to it by hand; and what the opening content knows the old one by."""
    remember_move(kept, old_path)
    for moved in MovedAddress.objects.filter(new_path=old_path):
        moved.new_path = kept.get_absolute_url()
        moved.save(update_fields=["new_path"])
    for seeded in SeededRow.objects.filter(kind=Partner._meta.label, object_id=gone):
        seeded.object_id = kept.pk
        seeded.save(update_fields=["object_id"])


def _tell(person: Any, kept: Partner, gone: str, *, has_written: bool) -> None:
    words = [
        f"The council had two records of the same organisation, “{gone}” and “{kept}”. They are one now: {kept}.",
        f"Whoever spoke for one speaks for it. Its page is here: {settings.SITE_URL}{kept.get_absolute_url()}",
        "The change you had written for the other record is taken back. Please write it again, if it is still needed."
        if has_written
        else "",
    ]
    mail.send(to=person.email, subject=f"Two records became one: {kept}", text="\n\n".join(filter(None, words)))
