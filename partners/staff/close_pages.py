"""The page on which staff end a partnership."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from cms.lib.admin_urls import admin_url
from cms.lib.dates import validate_partial_date
from cms.requests import reauthentication
from partners.models import Partner
from partners.staff import closing, staff_permissions


class EndForm(forms.Form):
    ended = forms.CharField(
        label="When did it end?",
        max_length=10,
        validators=[validate_partial_date],
        help_text="A year (2018), a month (2018-09) or a day (2018-09-25).",
        error_messages={"required": "Write when it ended."},
    )
    note = forms.CharField(
        label="What happened?",
        max_length=250,
        help_text="One sentence. The public reads it on the page, and its people get it by mail.",
        error_messages={"required": "Write what happened."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    successor = forms.ModelChoiceField(
        label="Who carries its work on?", queryset=Partner.objects.none(), required=False, empty_label="Nobody we know"
    )

    def __init__(self, *args, partner, others, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["successor"].queryset = others.exclude(pk=partner.pk).order_by("name")


def page(model_admin, request, pk):
    partner = staff_permissions.found(model_admin, request, pk)
    staff_permissions.ask(request.user, "end_partner", partner)
    reauthentication.ask_again(request)
    form = EndForm(
        request.POST if request.method == "POST" else None,
        partner=partner,
        others=Partner.objects.readable_by(request.user),
        initial={"ended": timezone.localdate().isoformat()[:7]},
    )
    if form.is_valid():
        try:
            closing.end(partner, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            for words in error.messages:
                form.add_error(None, words)
        else:
            messages.success(request, f"The partnership with {partner} has ended. Its page stays, and says so.")
            return HttpResponseRedirect(admin_url(partner))
    context = model_admin.admin_site.each_context(request) | {
        "title": f"End the partnership with {partner}",
        "partner": partner,
        "partner_url": admin_url(partner),
        "form": form,
        "lead": [
            "The page stays, and says that it has ended. Whoever speaks for it loses that at once, and gets a mail.",
            "Invitations end, and what its people had proposed is taken back.",
            "To undo it, empty the day in the form of the partner. Its people are then invited again.",
        ],
        "button": "End the partnership",
        "is_danger": True,
    }
    return render(request, "admin/partners/form.html", context)
