"""The forms of allauth in our words: each field says what it is for, and what is wrong with what was typed."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base import forms as factors
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as apps
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.core.exceptions import ValidationError
from fido2.utils import websafe_decode
from fido2.webauthn import AuthenticatorData

from accounts.authentication import security_events, throttle
from accounts.models import User
from cms.text import name_rules


@dataclass(frozen=True)
class Words:
    label: str
    missing: str
    hint: str = ""
    attrs: dict[str, str] = field(default_factory=dict)


PLAIN = {"autocapitalize": "none", "spellcheck": "false"}
EMAIL = Words("Your e-mail address", "Type your e-mail address.", attrs=PLAIN | {"autocomplete": "email"})
PASSWORD = Words("Your password", "Type your password.", attrs={"autocomplete": "current-password"})
NEW_PASSWORD = Words(
    "Your new password",
    "Type your new password.",
    "At least 12 characters. Four words that have nothing to do with each other are easy to remember and hard to "
    "guess. You can paste it from a password manager.",
    {"autocomplete": "new-password"},
)
AGAIN = Words("The new password once more", "Type the new password once more.", attrs={"autocomplete": "new-password"})
MAILED_CODE = Words(
    "The code from the mail",
    "Type the code from the mail.",
    "Eight letters. Small or capital, with or without the dash.",
    {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
)
_DIGITS = {"autocomplete": "one-time-code", "inputmode": "numeric"}
APP_CODE = Words(
    "The code from your app",
    "Type the code that your app shows.",
    "Six digits. A new one comes twice a minute.",
    _DIGITS,
)
SHOWN_CODE = Words(
    "Your code",
    "Type the code that your app shows, or a recovery code.",
    "The six digits that your app shows now. Or, if you do not have it with you, one of your recovery codes.",
    _DIGITS,
)
RECOVERY_CODE = Words(
    "One of your recovery codes", "Type one of your recovery codes.", "Eight digits. Each works once.", _DIGITS
)
KEY_NAME = Words(
    "A name for it",
    "Give it a name.",
    "So that you can tell it from others, such as “My phone”.",
    {"autocomplete": "off"},
)


class Worded(forms.Form):
    """What to say of each field instead of what allauth says."""

    words: ClassVar[dict[str, Words]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in self.words.items():
            self._say(name, words)

    def _say(self, name: str, words: Words) -> None:
        named = self.fields[name]
        named.label, named.help_text = words.label, words.hint
        named.error_messages["required"] = words.missing
        named.widget.attrs.pop("placeholder", None)
        named.widget.attrs.update(words.attrs)
        if isinstance(named, forms.EmailField):
            named.error_messages["invalid"] = "Write the address like this: name@example.org."


class LoginForm(Worded, account.LoginForm):
    words: ClassVar = {
        "login": Words(EMAIL.label, EMAIL.missing, attrs=PLAIN | {"autocomplete": "username webauthn"}),
        "password": PASSWORD,
    }


class Mailing(forms.Form):
    """What writes a mail to whatever address is typed does so only so often."""

    def clean_email(self) -> str:
        email = super().clean_email()  # type: ignore[misc]
        if not throttle.may_be_mailed(context.request, email):
            raise get_adapter().throttled(context.request, security_events.person_of(email))
        return email


class RequestLoginCodeForm(Mailing, Worded, account.RequestLoginCodeForm):
    words: ClassVar = {"email": EMAIL}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        data = kwargs.get("data")
        if data is not None and "login" in data and "email" not in data:  # the other button of the page to sign in
            kwargs["data"] = data.copy()
            kwargs["data"]["email"] = data["login"]
        super().__init__(*args, **kwargs)


class ConfirmLoginCodeForm(Worded, account.ConfirmLoginCodeForm):
    words: ClassVar = {"code": MAILED_CODE}


class ConfirmEmailForm(Worded, account.ConfirmEmailVerificationCodeForm):
    words: ClassVar = {"code": MAILED_CODE}


class ConfirmResetForm(Worded, account.ConfirmPasswordResetCodeForm):
    words: ClassVar = {"code": MAILED_CODE}


class SignupForm(Worded, account.SignupForm):
    """An address is enough. A password is for its confirmed owner to set, later, if they want one."""

    words: ClassVar = {"email": EMAIL}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password1"]


class ChangeAddressForm(Worded, account.AddEmailForm):
    words: ClassVar = {
        "email": Words(
            "Your new e-mail address",
            EMAIL.missing,
            "We mail a code there. Until you type it, nothing changes.",
            EMAIL.attrs,
        )
    }


class ChangePasswordForm(Worded, account.ChangePasswordForm):
    words: ClassVar = {
        "oldpassword": Words("Your password now", "Type your password as it is now.", attrs=PASSWORD.attrs),
        "password1": NEW_PASSWORD,
        "password2": AGAIN,
    }


class SetPasswordForm(Worded, account.SetPasswordForm):
    words: ClassVar = {"password1": NEW_PASSWORD, "password2": AGAIN}


class ResetPasswordForm(Mailing, Worded, account.ResetPasswordForm):
    words: ClassVar = {"email": EMAIL}


class NewPasswordForm(Worded, account.ResetPasswordKeyForm):
    words: ClassVar = {"password1": NEW_PASSWORD, "password2": AGAIN}


class ReauthenticateForm(Worded, account.ReauthenticateForm):
    words: ClassVar = {"password": PASSWORD}


class ActivateAppForm(Worded, apps.ActivateTOTPForm):
    words: ClassVar = {"code": APP_CODE}

    def secret_in_fours(self) -> str:
        """For typing by hand where there is no camera."""
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))


class _ShownCode(Worded):
    """Whoever has no app is asked for what else can be typed."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_mfa_enabled(self.user, [Authenticator.Type.TOTP]):
            self._say("code", RECOVERY_CODE)

    def clean_code(self) -> str:
        if not throttle.may_try_factor(self.user.pk):
            security_events.sign_in_throttled(context.request, self.user)
            raise ValidationError("Wrong codes were typed too often today. Try again tomorrow, or use a passkey.")
        return super().clean_code()  # type: ignore[misc]


class PasskeyLoginForm(passkeys.LoginWebAuthnForm):
    """A passkey alone stands for both factors, so it must have asked its owner for a finger, a face or a number.

    allauth keeps one ceremony for each session, whatever it asked for: so what the device answered is looked at here.
    """

    def clean_credential(self) -> Authenticator:
        answer = self.cleaned_data["credential"]
        try:
            flags = AuthenticatorData(websafe_decode(answer["response"]["authenticatorData"])).flags
        except (KeyError, TypeError, ValueError):
            raise get_adapter().validation_error("incorrect_code") from None
        if not flags & AuthenticatorData.FLAG.UV:
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_credential()


class FactorForm(_ShownCode, factors.AuthenticateForm):
    words: ClassVar = {"code": SHOWN_CODE}


class FactorAgainForm(_ShownCode, factors.ReauthenticateForm):
    words: ClassVar = {"code": SHOWN_CODE}


class AddPasskeyForm(Worded, passkeys.AddWebAuthnForm):
    """static/js/account/passkeys.js asks each device for the most that it can, so there is nothing to choose."""

    words: ClassVar = {"name": KEY_NAME}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]


class RenamePasskeyForm(Worded, passkeys.EditWebAuthnForm):
    words: ClassVar = {"name": KEY_NAME}


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name"]
        labels = {"name": "Your name"}
        help_texts = {"name": "Colleagues read it beside what you did. The public never does."}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}

    def clean_name(self):
        name_rules.check(self.cleaned_data["name"])
        return self.cleaned_data["name"]


class LeaveForm(forms.Form):
    is_sure = forms.BooleanField(
        label="Yes, delete my account. I know that it cannot be brought back.",
        label_suffix="",
        error_messages={"required": "Tick the box if you want to delete your account."},
    )


class MailedCodeForm(Worded):
    """A code that we mailed ourselves, to show again who somebody is; accounts/authentication/confirm_views.py."""

    words: ClassVar = {
        "code": Words("The code from the mail", "Type the code from the mail.", "Six digits.", _DIGITS),
    }
    code = forms.CharField(max_length=40)
