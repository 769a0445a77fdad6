"""Acting for a partner: one of the council's staff works at its desk, says why, and everybody can read it.

It ends by itself within the hour, and in the moment the right to do it is taken away (permissions.py).
"""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.lib import datetime_fields
from cms.lib.admin_urls import admin_url
from cms.outbox import mail
from cms.requests import reauthentication
from cms.revisions import kinds
from partners.models import ActingGrant, Partner
from partners.staff import staff_permissions

MOST = datetime.timedelta(hours=1)


class ActForm(forms.Form):
    why = forms.CharField(
        label="Why?",
        max_length=200,
        help_text="One sentence. The partner’s managers get it by mail, and it stays in the record.",
        error_messages={"required": "Write why."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    minutes = forms.TypedChoiceField(
        label="For how long?", choices=[(15, "A quarter of an hour"), (30, "Half an hour"), (60, "An hour")], coerce=int
    )


@transaction.atomic
def begin(partner: Partner, *, by: Any, why: str, lasting: datetime.timedelta = MOST) -> ActingGrant:
    """The acting that goes on now; whoever asks twice gets the same. Raises PermissionDenied or ValidationError."""
    partner = kinds.locked(partner)
    staff_permissions.ask(by, "act_for_partner", partner)
    if partner.has_ended:
        raise ValidationError("This partnership has ended, so there is nobody to act for.")
    if going_on := partner.actings.current().filter(person=by).first():
        return going_on
    acting = ActingGrant.objects.create(partner=partner, person=by, why=why, until=timezone.now() + min(lasting, MOST))
    audit_log.write(
        AuditEvent.Action.ACTED, partner, by=by, new={"until": datetime_fields.in_words(acting.until)}, note=why
    )
    for member in partner.members.managers().select_related("person"):
        text = "\n\n".join(
            [
                f"The council works on the page of {partner} today, as if it were one of you.",
                f"Why: {why}",
                "What it does is written down under “What happened” at your desk. If this surprises you, tell us.",
            ]
        )
        mail.send(to=member.person.email, subject=f"The council works on your page: {partner}", text=text)
    return acting


@transaction.atomic
def end(acting: ActingGrant) -> None:
    """Before its time. Ending it twice does nothing more."""
    found = ActingGrant.objects.select_for_update().filter(pk=acting.pk, ended_at=None).first()
    if found is None:
        return
    found.ended_at = timezone.now()
    found.save(update_fields=["ended_at"])
    if found.until > found.ended_at:
        ended = {"ended": datetime_fields.in_words(found.ended_at)}
        audit_log.write(AuditEvent.Action.ACTED, found.partner, by=found.person, new=ended, note=found.why)


def page(model_admin, request, pk):
    partner = staff_permissions.found(model_admin, request, pk)
    staff_permissions.ask(request.user, "act_for_partner", partner)
    reauthentication.ask_again(request)
    form = ActForm(request.POST if request.method == "POST" else None, label_suffix="", initial={"minutes": 60})
    if form.is_valid():
        lasting = datetime.timedelta(minutes=form.cleaned_data["minutes"])
        try:
            begin(partner, by=request.user, why=form.cleaned_data["why"], lasting=lasting)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return HttpResponseRedirect(reverse("desk:partner", args=[partner.slug]))
    context = model_admin.admin_site.each_context(request) | {
        "title": f"Act for {partner}",
        "partner": partner,
        "partner_url": admin_url(partner),
        "form": form,
        "lead": [
            "You work at the desk of this partner as one of its managers would.",
            "Everything you do is written down with your name; the partner reads that it was the council.",
            "It ends by itself, and you can end it earlier at the top of every page of the desk.",
        ],
        "button": "Act for them",
        "is_danger": False,
    }
    return render(request, "admin/partners/form.html", context)
