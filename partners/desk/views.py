"""A partner's desk: what needs its people, who they are, and what happened."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.access_links import token_links
from partners import permissions
from partners.desk import activity_log as events
from partners.desk import to_do
from partners.desk.forms import InvitationForm, RoleForm
from partners.desk.partner_access import at_desk, frame
from partners.members import invitations as inviting
from partners.members import membership
from partners.staff import acting_grants

LINES_A_PAGE = 25
LATEST = 3


@require_safe
@login_required
def home(request):
    """Straight in where there is one desk."""
    partners = list(permissions.desks_of(request.user).a_to_z())
    if len(partners) == 1:
        return redirect("desk:partner", partners[0].slug)
    return render(request, "desk/choose.html", {"title": "Your desks", "partners": partners})


@require_safe
@at_desk("look")
def partner(request, partner):
    page, waiting = to_do.of(partner, request.place.rights)
    context = frame(
        request,
        "overview",
        title="Overview",
        needs=waiting,
        page=page,
        programmes=partner.parts(),
        people=partner.members.current().select_related("person"),
        lines=events.in_words(list(events.about(partner)[:LATEST]), partner),
    )
    return render(request, "desk/partner.html", context)


@require_safe
@at_desk("look")
def members(request, partner):
    people = partner.members.current().select_related("person").order_by("role", "person__name", "pk")
    is_manager = "invite" in request.place.rights
    invitations = partner.invitations.open().select_related("by", "key") if is_manager else []
    context = frame(request, "people", title="People", people=people, invitations=invitations, is_manager=is_manager)
    return render(request, "desk/members.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("invite")
@reauthentication_required(allow_get=True)
def invite(request, partner):
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            inviting.invite(partner, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"We are sending a mail to {form.cleaned_data['email'].lower()}.")
            return redirect("desk:members", partner.slug)
    return render(request, "desk/invite.html", frame(request, "people", title="Invite somebody", form=form))


@require_POST
@at_desk("invite")
def revoke(request, partner, invitation):
    found = get_object_or_404(partner.invitations.all(), pk=invitation)
    try:
        inviting.revoke(found, by=request.user)
    except token_links.Spent:
        messages.error(request, "That invitation had been accepted, or had ended, before.")
    else:
        messages.success(request, "The invitation is taken back. Its link does not open any more.")
    return redirect("desk:members", partner.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("give_role")
@reauthentication_required(allow_get=True)
def role(request, partner, member):
    found = _colleague(partner, member)
    form = RoleForm(request.POST if request.method == "POST" else None, initial={"role": found.role})
    if request.method == "POST" and form.is_valid():
        try:
            membership.change_role(found, role=form.cleaned_data["role"], by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Saved. {permissions.called(found.person)} has been told.")
            return redirect("desk:partner" if found.person_id == request.user.pk else "desk:members", partner.slug)
    context = frame(request, "people", title="Change what somebody does", form=form, colleague=found)
    return render(request, "desk/role.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("remove")
@reauthentication_required(allow_get=True)
def remove(request, partner, member):
    found = _colleague(partner, member)
    if request.method == "POST":
        try:
            membership.remove(found, by=request.user)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, f"{permissions.called(found.person)} does not speak for {partner} any more.")
        return redirect("desk:members", partner.slug)
    return render(request, "desk/remove.html", frame(request, "people", title="Remove somebody", colleague=found))


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("leave")
def leave(request, partner):
    if request.method == "POST":
        try:
            membership.leave(request.place.member)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect("desk:members", partner.slug)
        logout(request)
        messages.success(request, f"You have left {partner}, and are signed out everywhere.")
        return redirect("account_login")
    is_last = membership.is_last_manager(request.place.member)
    return render(request, "desk/leave.html", frame(request, "people", title=f"Leave {partner}", is_last=is_last))


@require_POST
@at_desk("look")
def end_acting(request, partner):
    if request.place.acting is None:
        raise Http404
    acting_grants.end(request.place.acting)
    messages.success(request, f"You do not act for {partner} any more.")
    return redirect("admin:index")


@require_safe
@at_desk("look")
def happened(request, partner):
    page = Paginator(events.about(partner), LINES_A_PAGE).get_page(request.GET.get("page"))
    lines = events.in_words(list(page.object_list), partner)
    return render(
        request, "desk/happened.html", frame(request, "happened", title="What happened", lines=lines, page=page)
    )


def _colleague(partner, member):
    """Somebody else's member is not found."""
    return get_object_or_404(partner.members.current().select_related("person", "partner"), pk=member)
