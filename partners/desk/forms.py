"""What people type at a desk about who speaks for the partner."""

from django import forms

from partners.models import Member


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label="Their e-mail address",
        help_text="We send them a link that works for seven days, and only for this address.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Write their e-mail address.",
            "invalid": "Write the address like this: name@example.org.",
        },
    )
    role = forms.ChoiceField(
        label="What will they do?", choices=Member.Role, widget=forms.RadioSelect, initial=Member.Role.CONTRIBUTOR
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": ""} | kwargs)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="What do they do?", choices=Member.Role, widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
