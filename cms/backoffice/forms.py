"""What staff may type about anything that is published, and about moved addresses.

An address that once was public leads somewhere for ever, and nobody's change is lost without a word.
"""

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from cms.lib.dates import in_months
from cms.publishing.models import MovedAddress, Publishable, stored_form
from cms.publishing.review_dates import MONTHS_UNTIL_REVIEW
from cms.quality.content_checks import publication
from cms.quality.content_checks.addresses import live


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class StaffForm(forms.ModelForm):
    """Lets its widgets see the thing, so that none of them asks again for what is loaded already.

    What must be there before the public may read it (publication.py) is asked of every form and row alike.
    """

    is_kept_beside = False  # typed for a proposal, so that the live page stays as it is

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
        for field in self.fields.values():
            widget = getattr(field.widget, "widget", field.widget)
            if hasattr(widget, "thing"):
                widget.thing = self.instance

    def clean(self):
        cleaned = super().clean()
        for finding in [] if self.is_kept_beside else publication.stops(self):
            if finding.field not in self.errors:
                self.add_error(finding.field, ValidationError(finding.words, code="needed_to_publish"))
        return cleaned


class ChangeReasonForm(StaffForm):
    """For what has a history: asks why, and leaves the answer to whoever saves."""

    change_reason = forms.CharField(
        label="Why this change?",
        required=False,
        max_length=200,
        help_text="You can leave this empty. It is kept in the history, beside your name.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class PublishableForm(ChangeReasonForm):
    """For everything with a status. `needed_to_publish` names fields that only a draft may leave empty."""

    needed_to_publish: tuple[str, ...] = ()

    seen_at = forms.CharField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # a fingerprint of what it said then (snapshot.py)

    saver: Any = None  # who saves it; None for the system. Set by the admin or the kind
    checker: str = ""  # who has just looked at the whole of it; set by the kind

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.before = None
        if self.instance.pk and self.instance.modified_at:
            self.initial["seen_at"] = self.instance.modified_at.isoformat()
        if "owner" in self.fields:
            self.fields["owner"].queryset = self._possible_owners()

    def clean(self):
        cleaned = super().clean()
        self.before = self._as_stored()
        self._refuse_if_changed_meanwhile(cleaned.get("seen_at"))
        self._refuse_itself(cleaned)
        if self.becomes_public(cleaned):
            self._fill_in_before_publishing(cleaned)
        if cleaned.get("change_reason"):
            self.instance._change_reason = cleaned["change_reason"]
        if self.checker or "checked_on" in self.changed_data:
            self.instance.checked_by = self.checker or Publishable.Checker.COUNCIL
        return cleaned

    def _possible_owners(self) -> QuerySet:
        """Staff who can sign in, and whoever owns this page already."""
        people = get_user_model()._default_manager
        can_sign_in = people.filter(is_staff=True, is_active=True)
        return can_sign_in | people.filter(pk=self.instance.owner_id) if self.instance.owner_id else can_sign_in

    def _post_clean(self):
        """Once the thing holds what was typed: its address must not be one that still leads readers to another."""
        super()._post_clean()
        if "slug" not in self.fields or "slug" in self.errors or not self.instance.slug:
            return
        moved = MovedAddress.objects.at(self.instance.get_absolute_url()).first()
        own = moved and self.instance.pk == moved.object_id and moved.thing == self.instance
        if moved and not own and moved.target():
            message = "This was the address of another page, and still leads there. Choose another web name."
            self.add_error("slug", ValidationError(message, code="moved"))

    def becomes_public(self, cleaned) -> bool:
        """Whether saving this puts it before the public, now or at its time."""
        return cleaned.get("status") == Publishable.Status.PUBLISHED and not self.is_kept_beside

    def _as_stored(self):
        """The thing as the database holds it now; locked until this save is done, if one is going on."""
        if not self.instance.pk:
            return None
        rows = type(self.instance)._base_manager.filter(pk=self.instance.pk)
        if transaction.get_connection(rows.db).in_atomic_block:
            rows = rows.select_for_update()
        return rows.first()

    def _refuse_if_changed_meanwhile(self, seen_at):
        """The admin has shown both versions side by side before (edit_conflict.py); this is for the very last moment,
        in which the row is locked."""
        if self.is_kept_beside:
            return
        if self.before and seen_at and seen_at != self.before.modified_at.isoformat():
            raise ValidationError(
                "Somebody saved this page in this very moment, so nothing of yours is saved yet. "
                "Save again to see both versions side by side.",
                code="changed_meanwhile",
            )

    def _refuse_itself(self, cleaned):
        """A constraint that says so cannot be checked by a form, which does not hold the key of its own row."""
        for name, value in list(cleaned.items()):
            chosen = [value] if isinstance(value, type(self.instance)) else value if isinstance(value, QuerySet) else []
            if self.instance.pk and self.instance in chosen:
                self.add_error(name, ValidationError("It cannot lead to itself.", code="itself"))

    def _fill_in_before_publishing(self, cleaned):
        if "review_on" in self.fields and "review_on" not in self.errors:
            cleaned["review_on"] = cleaned.get("review_on") or in_months(MONTHS_UNTIL_REVIEW)
        if "owner" in self.fields and "owner" not in self.errors and not cleaned.get("owner"):
            # Nothing is public that nobody keeps true.
            cleaned["owner"] = self.saver if self.saver is not None and self.saver.is_staff else None

    def _save_m2m(self):
        super()._save_m2m()
        if self.before and self.before.get_absolute_url() != self.instance.get_absolute_url():
            remember_move(self.instance, self.before.get_absolute_url())


def remember_move(thing: Any, old_path: str) -> None:
    """From now on the old address leads to the thing, wherever it is; its new address leads nowhere else."""
    old, new = stored_form(old_path), stored_form(thing.get_absolute_url())
    if old == new:  # only its capitals went, and those lead to it anyway
        return
    MovedAddress.objects.at(new).delete()
    MovedAddress.objects.update_or_create(
        old_path=old,
        defaults={"content_type": ContentType.objects.get_for_model(thing), "object_id": thing.pk, "new_path": ""},
    )


# Anything a browser could take for another site: a scheme, two slashes, a backslash, or what it drops in between.
_PATH = re.compile(r"/(?!/)[^\s\\\x00-\x1f\x7f]*")


def check_path(path: str) -> None:
    """Raises ValidationError unless the text is an address on this site."""
    if not _PATH.fullmatch(path) or "//" in path:
        raise ValidationError(
            "Write an address on this site: it starts with one “/”, such as /programmes/reading/, and has no "
            "“https:”, no spaces and no “\\”.",
            code="not_on_this_site",
        )


def is_live(path: str) -> bool:
    """Whether the address leads to a page now: a list, or a published thing."""
    return path in live({path})


class MovedAddressForm(StaffForm):
    """For an address that staff move by hand. Those the portal moved itself keep what they lead to."""

    class Meta:
        model = MovedAddress
        fields = ["old_path", "new_path"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "new_path" in self.fields:
            self.fields["new_path"].required = True

    def clean_old_path(self):
        path = unquote(self.cleaned_data["old_path"])
        check_path(path)
        if "?" in path or "#" in path:
            raise ValidationError("Leave out what follows “?” or “#”.", code="not_a_path")
        if is_live(path):
            raise ValidationError("There is a page at this address. Move or take down that page first.", code="live")
        if len(path := stored_form(path)) > 300:
            raise ValidationError("This address is too long.", code="max_length")
        return path

    def clean_new_path(self):
        path = self.cleaned_data["new_path"]
        check_path(path)
        if MovedAddress.objects.at(urlsplit(path).path).exclude(pk=self.instance.pk).exists():
            raise ValidationError(
                "This address has moved itself. Write the one it leads to, so that nobody is sent in a circle.",
                code="moved_itself",
            )
        return path

    def clean(self):
        cleaned = super().clean()
        old, new = cleaned.get("old_path"), cleaned.get("new_path")
        if old and new and stored_form(urlsplit(new).path) == old:
            self.add_error("new_path", ValidationError("The old and the new address are the same.", code="same"))
        return cleaned
