"""Forms that anybody may send: what keeps machines from them without a third party, a script or a cookie.

A field that people do not see, and a signed time: what is sent within three seconds was not read, and what lay open for
more than a day is signed anew and sent once more.
"""

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError

LEAST_SECONDS = 3
MOST_SECONDS = 24 * 60 * 60
_SALT = "cms.requests.spam_guard"


def _now() -> str:
    return signing.TimestampSigner(salt=_SALT).sign("shown")


class Guarded(forms.Form):
    """Mixed into a form: `asked` are the fields for people, `is_from_a_machine` says that the other one was filled."""

    more = forms.CharField(
        label="Leave this empty", required=False, widget=forms.TextInput(attrs={"tabindex": -1, "autocomplete": "off"})
    )
    shown_at = forms.CharField(required=False, widget=forms.HiddenInput, initial=_now)

    @property
    def asked(self):
        return [field for field in self.visible_fields() if field.name != "more"]

    @property
    def is_from_a_machine(self) -> bool:
        return bool(self.data.get("more"))

    def clean(self):
        cleaned = super().clean()
        signer = signing.TimestampSigner(salt=_SALT)
        try:
            signer.unsign(self.data.get("shown_at", ""), max_age=MOST_SECONDS)
        except signing.BadSignature:  # or one that is too old
            self._show_again()
            raise ValidationError("You had this page open for long. Please send it once more.", code="old") from None
        try:
            signer.unsign(self.data["shown_at"], max_age=LEAST_SECONDS)
        except signing.SignatureExpired:
            return cleaned
        raise ValidationError("That was very quick. Look through it once more, then send it again.", code="quick")

    def _show_again(self):
        self.data = self.data.copy()
        self.data["shown_at"] = _now()
