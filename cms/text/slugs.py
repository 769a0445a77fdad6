"""Web names: the word by which a page is known in its address."""

from django import forms
from django.core.validators import RegexValidator
from django.db import models

RULE = "Use small letters a to z, figures and hyphens, and begin with a letter or a figure."
validate_web_name = RegexValidator(r"^[a-z0-9][a-z0-9_-]*\Z", RULE, code="invalid")


class SlugFormField(forms.SlugField):
    default_validators = [validate_web_name]


class SlugField(models.SlugField):
    """Stored in small letters, so that no two pages differ by a capital alone; begins with a letter or a figure.

    To migrations it is Django's own: the column is the same.
    """

    default_validators = [validate_web_name]

    def clean(self, value, model_instance):
        return super().clean(_small(value), model_instance)

    def pre_save(self, model_instance, add):
        value = _small(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": SlugFormField} | kwargs)

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.SlugField", args, kwargs


def _small(value):
    return value.lower() if isinstance(value, str) else value
