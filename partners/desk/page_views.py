"""Our page: what its own people write on it, look at, send and take back; and that it is still right."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.backoffice.publishable import preview_mixin
from cms.backoffice.publishable.diff_fields import describe, differences_between
from cms.publishing.display import name_of
from cms.revisions import kinds, workflow
from cms.revisions.models import Proposal
from partners.desk.page_forms import OwnPageForm
from partners.desk.partner_access import at_desk, frame
from partners.models import DIRECT_FIELDS, Partner
from partners.page_editing import own_page, review_emails
from partners.permissions import called

LATELY = 10
_NAMES = dict(DIRECT_FIELDS)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("write")
def page(request, partner):
    start, refused = _start(request, partner)
    shown = own_page.shown(partner, proposal=start)
    why = start.why if start and not refused else ""
    form = OwnPageForm(request.POST if request.method == "POST" else None, page=shown, why=why)
    if request.method == "POST" and form.is_valid():
        look = "look" in request.POST
        try:
            outcome = _write(request, partner, form, look=look)
        except own_page.Clashing as clash:
            both = OwnPageForm(page=clash.merged, seen=clash.now, why=form.cleaned_data["why"])
            conflict = {"by": called(clash.by) if clash.by else "", "both": _side_by_side(clash)}
            context = _context(request, partner, both, refused) | {"conflict": conflict}
            return render(request, "desk/page.html", context, status=409)
        except workflow.Impossible as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            _tell(request, outcome, look=look)
            return redirect("desk:page_preview" if look else "desk:page", partner.slug)
    return render(request, "desk/page.html", _context(request, partner, form, refused))


def _start(request, partner):
    """What the form begins with: the change that is open; the one that was refused last, unless they begin anew."""
    newest = own_page.in_its_name(partner).first()
    if newest and newest.is_open:
        return newest, None
    is_refused = newest is not None and newest.status == Proposal.Status.REFUSED
    return (newest, newest) if is_refused and "anew" not in request.GET else (None, None)


def _write(request, partner, form, *, look):
    typed = {"changes": form.changes(), "seen": form.cleaned_data["seen"], "why": form.cleaned_data["why"]}
    return (own_page.keep if look else own_page.propose)(partner, by=request.user, **typed)


def _tell(request, outcome, *, look):
    if outcome.saved:
        messages.success(request, f"Saved, and public: {_named(outcome.saved)}.")
    if outcome.proposal is None or outcome.proposal.status == Proposal.Status.TAKEN_BACK:
        if not outcome.saved:
            messages.info(request, "Nothing is different from your page as it is, so there was nothing to send.")
    elif not look:
        what = f": {_named(outcome.sent)}" if outcome.sent else ""
        messages.success(request, f"Sent{what}. The council reads it, and answers you by mail.")


def _named(names) -> str:
    return ", ".join(_NAMES[name] for name in names)


def _context(request, partner, form, refused):
    changes = list(own_page.in_its_name(partner).select_related("by")[:LATELY])
    now = next((change for change in changes if change.is_open), None)
    names = {member.person_id: called(member.person) for member in partner.members.select_related("person")}
    is_public = Partner.objects.published().filter(pk=partner.pk).exists()
    return frame(
        request,
        "page",
        title="Our page",
        form=form,
        conflict=None,
        rows=_rows(partner, form, _differences(now or refused) if now or refused else []),
        direct=[_NAMES[name] for name in own_page.OWN if name in partner.direct_fields],
        is_public=is_public,
        refused=refused,
        change=now,
        differences=_differences(now) if now else [],
        clashes=_clashes(now) if now else [],
        history=[(change, names.get(change.by_id, "The council")) for change in changes if change != now],
        is_due=is_public and partner.review_on is not None and partner.review_on <= timezone.localdate(),
    )


def _rows(partner, form, differences):
    """Each field, whether it waits for nobody, and what the public reads where the form says something else."""
    public = {difference.what: difference.old for difference in differences}
    return [
        {
            "field": form[name],
            "is_direct": name in partner.direct_fields,
            "public": public.get(name_of(Partner, name), ""),
        }
        for name in own_page.OWN
    ]


def _differences(proposal):
    found = workflow.read(proposal)
    leaving_out = set(found.live["fields"]) - set(own_page.OWN)
    return differences_between(kinds.of(Partner), found.live, found.wanted, leaving_out=leaving_out)


def _clashes(proposal):
    apart = [(clash.prefix, clash.name, clash.theirs, clash.mine) for clash in workflow.read(proposal).clashes]
    return describe(kinds.of(Partner), apart)


def _side_by_side(clash):
    apart = [("", one.name, one.theirs, one.mine) for one in clash.found]
    return describe(kinds.of(Partner), apart)


@require_safe
@at_desk("write")
def preview(request, partner):
    change = own_page.open_change(partner)
    if change is None:
        return redirect("desk:page", partner.slug)
    context = frame(request, "page", title="As it would be", change=change, differences=_differences(change))
    response = render(request, "desk/page_preview.html", context)
    response.has_frames = True
    return response


@require_safe
@at_desk("write")
@xframe_options_sameorigin
def preview_page(request, partner):
    """The page itself, for the frame."""
    change = own_page.open_change(partner)
    if change is None:
        raise Http404
    try:
        return preview_mixin.page(kinds.of(Partner), request, pk=partner.pk, proposal=change)
    except ValidationError:
        raise Http404 from None


@require_POST
@at_desk("write")
def send(request, partner):
    """What was looked at goes to the council; a mistake is shown where it was typed."""
    try:
        outcome = own_page.send(partner, by=request.user)
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    except workflow.Impossible as error:
        messages.error(request, str(error))
    else:
        _tell(request, outcome, look=False)
    return redirect("desk:page", partner.slug)


@require_POST
@at_desk("write")
def take_back(request, partner):
    try:
        taken = own_page.take_back(partner, by=request.user)
    except workflow.Impossible as error:
        messages.error(request, str(error))
    else:
        words = "It is taken back. Your public page stays as it is." if taken else "There was nothing to take back."
        messages.success(request, words)
    return redirect("desk:page", partner.slug)


@require_POST
@at_desk("confirm")
def still_right(request, partner):
    try:
        with transaction.atomic():
            review_emails.confirm(partner, by=request.user)
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, "Thank you. Readers see today as the day you confirmed the page.")
    return redirect("desk:page", partner.slug)
