"""What staff may say in a notice."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from cms.backoffice.forms import StaffForm, check_path, is_live
from cms.publishing.models import Notice
from cms.publishing.notices import FIELDS


class NoticeForm(StaffForm):
    section = forms.ChoiceField(label="Where", required=False, help_text="A notice of a section stands before others.")

    class Meta:
        model = Notice
        fields = list(FIELDS)
        widgets = {"link": forms.TextInput(attrs={"class": "vTextField"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "section" in self.fields:
            self.fields["section"].choices = settings.NOTICE_SECTIONS

    def clean_text(self):
        return " ".join(self.cleaned_data["text"].split())

    def clean_link(self):
        link = self.cleaned_data["link"]
        if link:
            check_path(link)
            if not is_live(urlsplit(link).path):
                message = "There is no page at this address that the public can read now."
                raise ValidationError(message, code="not_live")
        return link

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("link") and not cleaned.get("link_text") and "link_text" not in self.errors:
            self.add_error("link_text", ValidationError("Say what a reader finds there.", code="no_words"))
        if cleaned.get("link_text") and not cleaned.get("link") and "link" not in self.errors:
            self.add_error("link", ValidationError("Say where these words lead.", code="no_address"))
        start, end = cleaned.get("publish_at"), cleaned.get("unpublish_at")
        if start and end and end <= start:
            self.add_error("unpublish_at", ValidationError("The end must be later than the start.", code="too_early"))
        elif end and not self.instance.pk and end <= timezone.now():
            self.add_error("unpublish_at", ValidationError("That time has passed. Nobody would see it.", code="over"))
        return cleaned
