"""What can be edited of the CMS itself, with a history: who answers for the portal, and pictures."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.forms import BaseModelForm

from cms.admin.pictures.picture_forms import ImageForm
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.backoffice.forms import ChangeReasonForm, DateInput, StaffForm
from cms.media import storage
from cms.media.models import Image
from cms.publishing.display import Words, name_of
from cms.revisions import kinds
from cms.revisions.actors import Actor, person_of
from cms.revisions.kinds import Kind, Rows
from cms.site_settings.models import NamedBody, SiteSettings

_ONE_LINE = ("controller_name", "dpo_name", "hosting_provider", "opening_hours", "complaints_name")
_NOT_RECORDED = {"id", "modified_at"}


class SiteSettingsForm(ChangeReasonForm):
    class Meta:
        model = SiteSettings
        fields = [field.name for field in SiteSettings._meta.concrete_fields if field.name not in _NOT_RECORDED]
        widgets = {
            "controller_address": forms.Textarea(attrs={"rows": 5}),
            "data_processors": forms.Textarea(attrs={"rows": 4}),
            "hosting_logs": forms.Textarea(attrs={"rows": 3}),
            "lawful_basis_confirmed_on": DateInput(),
            **{name: forms.TextInput(attrs={"class": "vTextField"}) for name in _ONE_LINE},
        }

    def clean_ico_registration(self):
        return self.cleaned_data["ico_registration"].upper()

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("opening_hours") and not cleaned.get("contact_phone") and "contact_phone" not in self.errors:
            self.add_error("contact_phone", "Write the number that is answered in these hours.")
        if cleaned.get("change_reason"):
            self.instance._change_reason = cleaned["change_reason"]
        return cleaned


NAMED_BODIES = Rows(NamedBody, ["name", "use", "told_how"])


@kinds.register
class SiteSettingsKind(Kind[SiteSettings]):
    model = SiteSettings
    form = SiteSettingsForm
    row_form = StaffForm
    layout = [
        (
            None,
            {
                "fields": [],
                "description": "What you write here stands on the public pages, in emails and in "
                "/.well-known/security.txt. Nothing is required: where a field is empty, the page says that it is not "
                "named yet. Name offices, not people.",
            },
        ),
        (
            "Who is responsible",
            {
                "fields": [
                    "controller_name",
                    "controller_address",
                    "dpo_name",
                    ("dpo_email", "dpo_phone"),
                    "ico_registration",
                    "lawful_basis_confirmed_on",
                    "hosting_provider",
                    "hosting_logs",
                    "data_processors",
                ],
                "description": "Shown under “Your data and your rights”.",
            },
        ),
        (
            "How to reach the site team",
            {
                "fields": [
                    "contact_email",
                    ("contact_phone", "opening_hours"),
                    "accessibility_email",
                    "security_email",
                    ("complaints_name", "complaints_email"),
                ],
                "description": "Shown under “Contact” and in the accessibility statement.",
            },
        ),
        (
            "How soon somebody answers",
            {
                "fields": [
                    ("enquiry_days", "suggestion_days"),
                    ("story_days", "concern_days"),
                    "accessibility_days",
                ],
                "description": "In working days. A promise: leave it empty rather than break it.",
            },
        ),
        ("What others may do with this site", {"fields": ["licence"]}),
    ]
    rows = (NAMED_BODIES,)

    @contextmanager
    def recording(self, instance: SiteSettings, *, actor: Actor, reason: str) -> Iterator[None]:
        before = stored()
        yield
        after = stored()
        if changed := [name for name in {**before, **after} if before.get(name) != after.get(name)]:
            old, new = ({name: values[name] for name in changed if values.get(name)} for values in (before, after))
            audit_log.write(AuditEvent.Action.SETTINGS, instance, by=person_of(actor), old=old, new=new, note=reason)


@kinds.register
class ImageKind(Kind[Image]):
    """What is said of a picture. Its file comes and goes with the picture itself."""

    model = Image
    form = ImageForm
    layout = [(None, {"fields": ["alternative_text", ("credit", "licence")]})]

    def store(self, form: BaseModelForm, *, actor: Actor) -> None:
        storage.save_fields(form.instance, ImageForm.Meta.fields, by=person_of(actor))


def stored() -> dict[str, Any]:
    """What is saved now, in words, by the names that staff know; for the record."""
    settings = SiteSettings.objects.get(pk=SiteSettings.THE_ROW)
    fields = [field for field in SiteSettings._meta.concrete_fields if field.name not in _NOT_RECORDED]
    words = Words()
    told = {
        name_of(SiteSettings, field.name): words.say(field, value)
        for field in fields
        if (value := getattr(settings, field.name)) not in ("", None)
    }
    bodies = [f"{body}. {body.told_how}" for body in settings.bodies.all()]
    return told | ({"Who else may use a story": bodies} if bodies else {})
