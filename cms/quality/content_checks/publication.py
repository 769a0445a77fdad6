"""What must be there before anybody outside may read it.

A picture has a text for those who cannot see it, or is said to be decoration (the Public Sector Bodies
Accessibility Regulations 2018); nothing is published half-made, and every page can say in a sentence what it is about.
"""

from collections.abc import Iterator

from django import forms

from cms.media import uses
from cms.media.models import Image
from cms.publishing.models import Publishable
from cms.quality.content_checks.findings import STOP, Finding, fields_of, values_of

NO_SUMMARY = "Say in one sentence what this page is about. Lists and search engines show it."
NO_TEXT = (
    "This picture has no description, so people who cannot see it get nothing. Write one, or say that it is decoration."
)
NOT_READY = "This picture is still being made ready for phones and screens. Try again in a minute."
NEEDED = "Fill this in before you publish."


def stops(form: forms.ModelForm) -> list[Finding]:
    """Whatever must be put right in this form before its thing can be public; nothing if that stays a draft.

    For the end of clean(), in the form of a thing and in those of its rows alike.
    """
    return list(missing(form)) if _is_to_be_public(form) else []


def _is_to_be_public(form: forms.ModelForm) -> bool:
    """A row is as public as the thing it belongs to, which Django gives it before it is looked at."""
    if isinstance(form.instance, Publishable):
        status = values_of(form).get("status", form.instance.status)
        return status == Publishable.Status.PUBLISHED
    known = form.instance._state.fields_cache.values()
    return any(isinstance(thing, Publishable) and thing.status == Publishable.Status.PUBLISHED for thing in known)


def missing(form: forms.ModelForm) -> Iterator[Finding]:
    """What is not there yet, whether or not it is to be published now."""
    values = values_of(form)
    for name in getattr(form, "needed_to_publish", ()):
        if name in values and not values[name]:
            yield Finding(STOP, name, NEEDED)
    if "summary" in values and not values["summary"]:
        yield Finding(STOP, "summary", NO_SUMMARY)
    yield from _pictures(form, values)


def _pictures(form, values) -> Iterator[Finding]:
    for name, field in fields_of(form).items():
        picture = values.get(name) if field.related_model is Image else None
        if not isinstance(picture, Image):
            continue
        if not (values.get("is_decorative") or values.get("alternative_text") or picture.alternative_text):
            yield Finding(STOP, name, NO_TEXT)
        if uses.not_ready([picture]):
            yield Finding(STOP, name, NOT_READY)
