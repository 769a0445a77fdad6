"""The door that every form passes, whoever wrote the form."""

import datetime
import importlib
from decimal import Decimal

import pytest
from allauth.account import forms as account
from django import forms
from django.forms.renderers import get_default_renderer
from django.http import QueryDict

from cms.text.bound_fields import CleanBoundField


class EveryKind(forms.Form):
    line = forms.CharField(max_length=20, required=False)
    lines = forms.CharField(max_length=5, widget=forms.Textarea, required=False)
    carried = forms.CharField(widget=forms.HiddenInput, required=False)
    email = forms.EmailField(required=False)
    password = forms.CharField(widget=forms.PasswordInput, strip=False, required=False)
    number = forms.IntegerField(required=False)
    decimal = forms.DecimalField(required=False)
    day = forms.DateField(required=False)
    code = forms.CharField(widget=forms.TextInput(attrs={"inputmode": "numeric"}), required=False)
    several = forms.MultipleChoiceField(choices=[("one", "One")], required=False)


def sent(**data):
    form = EveryKind(data)
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("line", "Trams\vand\x01 trams", "Trams and trams"),
        ("line", "\u200b\u202e  x \ufeff", "x"),
        ("lines", "a\r\nb\vc", "a\nb\nc"),
        ("carried", "a\r\nb", "a\nb"),
        ("email", "Rtl@Example.org\u202c", "rtl@example.org"),
        ("password", " \u200bpass\vword\u202e", " \u200bpass\vword\u202e"),
        ("number", "１９٧٤", 1974),
        ("decimal", "١٢٫٥", Decimal("12.5")),
        ("day", "٢٠٢٦-١١-٣٠", datetime.date(2026, 11, 30)),
        ("code", "٨٧٣١٩٤", "873194"),
        ("several", ["o\u200bne"], ["one"]),
    ],
)
def test_what_is_sent_is_cleaned_as_its_field_asks(name, typed, value):
    assert sent(**{name: typed}).cleaned_data[name] == value


def test_a_line_end_counts_as_one_letter():
    assert sent(lines="a\r\nb\r\nc").errors == {}
    assert "lines" in sent(lines="a\r\nb\r\ncd").errors


def test_what_is_too_long_is_said_in_our_words():
    assert sent(lines="abcdefg").errors["lines"] == [
        "Please make this shorter. It has 7 letters, and there is room for 5."
    ]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("mıke@example.org", "Before the “@” there may be only plain letters"),
        ("na\u200bme@example.org", "a letter in it that nobody can see"),
        ("name@localhost", "no name that mail can be sent to"),
    ],
)
def test_what_is_wrong_with_an_address_is_said_beside_the_field(typed, words):
    form = sent(email=typed)

    assert words in form.errors["email"][0]
    assert form["email"].value() == typed


def test_an_address_is_shown_as_people_read_it():
    form = sent(email="user@münchen.example", number="x")

    assert form.cleaned_data["email"] == "user@xn--mnchen-3ya.example"
    assert 'value="user@münchen.example"' in str(form["email"])


def test_forms_of_others_pass_it_too():
    form = account.ResetPasswordForm(QueryDict("email=New@example.org%E2%80%AC"))

    assert form["email"].data == "new@example.org"


def every_form(kind=forms.BaseForm):
    for below in kind.__subclasses__():
        yield below
        yield from every_form(below)


def test_no_form_goes_another_way():
    """Neither a form nor a field of it may choose another class to read what was sent."""
    importlib.import_module("derbycity.urls")  # and with it every module that has forms

    assert get_default_renderer().bound_field_class is CleanBoundField
    for form in every_form():
        assert form.default_renderer is None, form
        assert form.bound_field_class in (None, CleanBoundField), form
        for field in getattr(form, "base_fields", {}).values():
            assert field.bound_field_class is None, (form, field)
            assert type(field).get_bound_field is forms.Field.get_bound_field, (form, field)
