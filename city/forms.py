"""What anybody may type to the site team."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.enquiries.models import Enquiry
from cms.requests.spam_guard import Guarded


class EnquiryForm(Guarded):
    topic = forms.ChoiceField(
        label=_("What is it about?"),
        choices=Enquiry.Topic.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is about.")},
    )
    message = forms.CharField(
        label=_("Your question"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("If it is about a page, say which. Please do not write private things about other people."),
        error_messages={"required": _("Write what you want to ask.")},
    )
    email = forms.EmailField(
        label=_("Your email address"),
        required=False,
        help_text=_("Only if you want an answer."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Write the address like this: name@example.org.")},
    )

    field_order = ["topic", "message", "email"]

    def __init__(self, data=None, *, topic=""):
        """`topic` is chosen already, if it is one."""
        super().__init__(data, label_suffix="", initial={"topic": topic if topic in Enquiry.Topic.values else None})
