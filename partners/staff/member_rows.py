"""Who speaks for a partner, as staff see it on its form; and the invitation of its first manager."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render

from cms.access_links import token_links
from cms.lib.admin_urls import admin_url
from cms.lib.queries import number
from cms.requests import reauthentication
from partners import permissions
from partners.members import invitations
from partners.models import Member
from partners.staff import staff_permissions


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="Their e-mail address",
        max_length=254,
        error_messages={
            "required": "Write their e-mail address.",
            "invalid": "Write the address like this: name@example.org.",
        },
    )
    role = forms.ChoiceField(label="As what?", choices=Member.Role.choices, initial=Member.Role.MANAGER)


def shown(request, partner) -> dict:
    """For the form of a partner; nothing to whoever may not see members."""
    if not request.user.has_perm("partners.view_member"):
        return {"may_see_members": False}
    may = permissions.council_may(request.user, "add_invitation", partner)
    return {
        "may_see_members": True,
        "members": partner.members.current().select_related("person"),
        "invitations": partner.invitations.open().select_related("by"),
        "may_invite": may and not partner.has_ended,
        "invite_url": admin_url(partner, "invite"),
        "uninvite_url": admin_url(partner, "uninvite"),
    }


def invite(model_admin, request, pk):
    partner = staff_permissions.found(model_admin, request, pk)
    staff_permissions.ask(request.user, "add_invitation", partner)
    reauthentication.ask_again(request)
    form = InviteForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_valid() and _invited(request, partner, form):
        return HttpResponseRedirect(f"{admin_url(partner)}#speaks")
    context = model_admin.admin_site.each_context(request) | {
        "title": f"Invite somebody to speak for {partner}",
        "partner": partner,
        "partner_url": admin_url(partner),
        "form": form,
        "lead": [
            "They get a mail with a link that works once within seven days, and only for this address.",
            "A manager invites everybody else.",
            "Make sure that the address is theirs at the organisation: whoever reads its mail can speak for it.",
        ],
        "button": "Send the invitation",
        "is_danger": False,
    }
    return render(request, "admin/partners/form.html", context)


def _invited(request, partner, form) -> bool:
    try:
        invitations.invite(partner, by=request.user, from_council=True, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, f"{form.cleaned_data['email']} gets an invitation by mail.")
    return True


def uninvite(model_admin, request, pk):
    partner = staff_permissions.found(model_admin, request, pk)
    staff_permissions.ask(request.user, "add_invitation", partner)
    reauthentication.ask_again(request)
    invitation = partner.invitations.filter(pk=number(request.POST.get("invitation")) or 0).first()
    if invitation is None:
        raise Http404
    try:
        invitations.revoke(invitation, by=request.user)
        messages.success(request, f"The invitation of {invitation.email} does not open any more.")
    except token_links.Spent:
        messages.warning(request, f"The invitation of {invitation.email} has ended or was accepted before.")
    return HttpResponseRedirect(f"{admin_url(partner)}#speaks")
