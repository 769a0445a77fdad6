"""The door that every form passes. Django asks the renderer of a form (FORM_RENDERER) with which class it reads what
was sent for each field: ours cleans it by text_cleaning.py before it is counted, checked, compared or shown again.

It holds for the forms of allauth and of the admin as for ours, for rows of formsets, and for what is not a request: a
proposal that is applied, a version that is brought back.
"""

from typing import Any

from django import forms
from django.core.validators import EmailValidator
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from cms.text import email_addresses, text_cleaning

TOO_LONG = _("Please make this shorter. It has %(show_value)d letters, and there is room for %(limit_value)d.")
_NUMBERS = (
    forms.IntegerField, forms.DateField, forms.TimeField, forms.DateTimeField, forms.DurationField,
    forms.SplitDateTimeField,
)  # fmt: skip
_MANY_LINES = (forms.Textarea, forms.HiddenInput)  # a hidden field may carry along what was typed in many lines
_DIGITS_WANTED = {"numeric", "decimal", "tel"}


class CleanBoundField(forms.BoundField):
    """A field with what was sent for it, cleaned as its kind of field asks."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        field.error_messages.setdefault("max_length", TOO_LONG)
        if isinstance(field, forms.EmailField):
            _check_as_address(field)

    @property
    def data(self) -> Any:
        return _cleaned(super().data, self.field)

    def value(self) -> Any:
        value = super().value()
        is_address = isinstance(self.field, forms.EmailField) and isinstance(value, str)
        return email_addresses.readable(value) if is_address else value


class FormRenderer(TemplatesSetting):
    bound_field_class = CleanBoundField


def _check_as_address(field: forms.EmailField) -> None:
    others = [one for one in field.validators if not isinstance(one, EmailValidator)]
    field.validators = [email_addresses.validate, *others]


def _cleaned(value: Any, field: forms.Field) -> Any:
    if isinstance(value, list | tuple):  # several were ticked, or one value is typed in parts
        return [_cleaned(one, field) for one in value]
    if not isinstance(value, str) or getattr(field.widget, "input_type", "") == "password":
        return value
    if isinstance(field, forms.EmailField):
        return email_addresses.tidy(value)
    if isinstance(field, forms.SlugField):
        return text_cleaning.clean_number(value).lower()
    if _asks_for_a_number(field):
        return text_cleaning.clean_number(value)
    is_long = isinstance(field.widget, _MANY_LINES)
    return text_cleaning.clean(value) if is_long else text_cleaning.clean_line(value)


def _asks_for_a_number(field: forms.Field) -> bool:
    """Numbers, dates and times; codes, which say so to the keyboards of telephones; and fields that say so themselves
    (`takes_digits`)."""
    attrs = field.widget.attrs
    return (
        isinstance(field, _NUMBERS)
        or getattr(field, "takes_digits", False)
        or attrs.get("inputmode") in _DIGITS_WANTED
        or attrs.get("autocomplete") == "one-time-code"
        or attrs.get("type", getattr(field.widget, "input_type", "")) == "tel"
    )
