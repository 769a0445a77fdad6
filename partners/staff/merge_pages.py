"""The pages on which staff make two records of one organisation one, and read what the other one was."""

from typing import Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import CharField, Count, Q, Value
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render

from cms.audit.models import AuditEvent
from cms.backoffice.object_permissions import hidden_from
from cms.lib.admin_urls import admin_url
from cms.lib.queries import number
from cms.publishing.display import Words, name_of
from cms.requests import reauthentication
from cms.revisions import history
from partners import permissions
from partners.members import similar_names
from partners.models import Partner
from partners.staff import merging, staff_permissions

MOST_FOUND = 20
COMPARED = (
    "name", "also_known_as", "status", "sector", "summary", "body", "website", "logo", "started", "ended", "parent",
)  # fmt: skip
# What moves, where the name of its table would say little.
_CALLED = {
    "partners.Member.partner": "people who speak for it, now or once",
    "partners.ActingGrant.partner": "times the council acted for it",
    "partners.Partner.successor": "partners whose work it carries on",
    "partners.Partner.parent": "boards and task forces it set up",
    "partners.Partner_wards.partner": "wards it serves",
    "partners.Partner_sources.partner": "sources",
    "partners.Partner_given_to.partner": "people of staff it is given to",
    "cms.MovedAddress": "older addresses",
    "cms.ReviewRequest": "times its people were asked whether the page is right",
    "cms.PreviewLink": "preview links, which end",
    "cms.Proposal": "changes beside the page; open ones are taken back",
}
_NOT_TOLD = {"cms.AccessToken", "cms.Editing", "cms.Reminder", "cms.DeadLink"}


def page(model_admin, request, pk):
    """Of the record that goes. First the one that stays is chosen, then both are shown side by side."""
    dropped = model_admin.get_queryset(request).filter(pk=min(pk, 2**63 - 1)).first()
    if dropped is None:
        return _gone_already(model_admin, request, pk)
    staff_permissions.ask(request.user, "merge_partner", dropped)
    kept = _chosen(model_admin, request, dropped)
    if kept is None:
        return _choose(model_admin, request, dropped)
    if request.method == "POST":
        reauthentication.ask_again(request)
        if request.POST.get("seen") == _seen(kept, dropped):
            return _merge(request, kept, dropped)
        messages.warning(request, "One of the two was changed after you opened this page. Read it again, then decide.")
    return _compare(model_admin, request, kept, dropped)


def _gone_already(model_admin, request, pk):
    """Whoever clicks twice is led to what became of it."""
    line = _lines().filter(old__key=pk).first()
    kept = model_admin.get_queryset(request).filter(pk=line.object_id).first() if line else None
    if kept is None:
        raise Http404
    return HttpResponseRedirect(admin_url(kept))


def _chosen(model_admin, request, dropped) -> Partner | None:
    key = number((request.POST if request.method == "POST" else request.GET).get("keep"))
    kept = model_admin.get_queryset(request).filter(pk=key).first() if key else None
    if kept is not None and kept != dropped and not permissions.council_may(request.user, "merge_partner", kept):
        raise PermissionDenied
    if kept == dropped:
        messages.warning(request, "That is the same record. Choose the other one.")
        return None
    return kept


def _context(model_admin, request, dropped, **more) -> dict[str, Any]:
    return model_admin.admin_site.each_context(request) | {
        "title": f"Merge {dropped} with another record",
        "dropped": dropped,
        "dropped_url": admin_url(dropped),
        **more,
    }


def _choose(model_admin, request, dropped):
    q = request.GET.get("q", "").strip()[:120]
    others = model_admin.get_queryset(request).exclude(pk=dropped.pk)
    words = Q(name__icontains=q) | Q(also_known_as__icontains=q) | Q(former_names__name__icontains=q)
    found = others.filter(words).order_by("name").distinct()[:MOST_FOUND] if q else []
    alike = [] if q else similar_names.like(dropped.name, others)
    context = _context(model_admin, request, dropped, q=q, found=found, alike=alike)
    return render(request, "admin/partners/merge_choose.html", context)


def _compare(model_admin, request, kept, dropped):
    names, former = merging.new_names(kept, dropped)
    context = _context(
        model_admin,
        request,
        dropped,
        kept=kept,
        seen=_seen(kept, dropped),
        compared=_side_by_side(kept, dropped, hidden_from(request.user)),
        names=names,
        former=former,
        moving=_moving(dropped),
    )
    return render(request, "admin/partners/merge.html", context)


def _seen(kept, dropped) -> str:
    return f"{kept.modified_at.isoformat()} {dropped.modified_at.isoformat()}"


def _side_by_side(kept, dropped, hidden) -> list[tuple[str, str, str, bool]]:
    """Name of the field, what each record says, and whether the second one's word is taken over."""
    words = Words(hidden=hidden)
    fields: list[Any] = [Partner._meta.get_field(name) for name in COMPARED]
    values = [(field, getattr(kept, field.attname), getattr(dropped, field.attname)) for field in fields]
    for field, *both in values:
        for value in both:
            words.need(field, value)
    return [
        (
            name_of(Partner, field.name),
            words.say(field, stays),
            words.say(field, goes),
            field.name in merging.FILLED and bool(goes) and goes != kept.pk and not stays,
        )
        for field, stays, goes in values
    ]


def _moving(dropped) -> list[tuple[str, int]]:
    """How much leads to it, by what it is; in one question."""
    asked, called = [], {}
    for what, rows in merging.leading_to(dropped):
        if what not in _NOT_TOLD:
            called[what] = _CALLED.get(what, str(rows.model._meta.verbose_name_plural))
            asked.append(rows.order_by().values_list(Value(what, CharField())).annotate(Count("pk")))
    found = asked[0].union(*asked[1:], all=True)
    return sorted((called[what], count) for what, count in found if count)


def _merge(request, kept, dropped):
    try:
        kept = merging.merge(kept, dropped, by=request.user)
    except ValidationError as error:
        for words in error.messages:
            messages.error(request, words)
        messages.error(request, "Nothing was changed.")
        return HttpResponseRedirect(f"{request.path}?keep={kept.pk}")
    messages.success(request, f"The two records are one now. {dropped} leads here.")
    return HttpResponseRedirect(admin_url(kept))


def _lines():
    kind = ContentType.objects.get_for_model(Partner)
    return AuditEvent.objects.filter(action=AuditEvent.Action.MERGED, content_type=kind)


def merged_into(partner) -> list[tuple[int, str]]:
    """The key and the name of each record that became this one."""
    return [(line.old["key"], line.old["names"][1]) for line in _lines().filter(object_id=partner.pk)]


def history_of_merged(model_admin, request, pk, gone):
    """What was saved of a record that became another one, and of those that had become that one before."""
    kept = staff_permissions.found(model_admin, request, pk)
    if not model_admin.has_history_permission(request, kept):
        raise PermissionDenied
    known, new = dict(merged_into(kept)), merged_into(kept)
    while new:
        new = [one for key, _ in new for one in merged_into(Partner(pk=key)) if one[0] not in known]
        known |= dict(new)
    if gone not in known:
        raise Http404
    was = Partner(pk=gone, name=known[gone])
    saves = history.tell(was, [inline.model for inline in model_admin.inlines], hidden_from(request.user))
    context = _context(
        model_admin,
        request,
        kept,
        page=Paginator(saves, 30).get_page(request.GET.get("p")),
        before=merged_into(was),
        history_name="admin:partners_partner_merged",
    ) | {"title": f"History of {was}"}
    return render(request, "admin/partners/merged.html", context)
