"""Web names are small, and begin with a letter or a figure."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from cms.text.slugs import SlugField, validate_web_name
from cms.text.text_constraints import is_ours
from stories.models import Thread
from tests import make

pytestmark = pytest.mark.django_db


def test_every_web_name_of_ours_is_of_this_kind():
    others = [
        field
        for model in apps.get_models()
        if is_ours(model) and not model.__name__.startswith("Historical")
        for field in model._meta.local_fields
        if isinstance(field, models.SlugField) and not isinstance(field, SlugField)
    ]

    assert others == []


@pytest.mark.parametrize("name", ["trams", "t2-trams", "1962", "t2_trams", "a"])
def test_a_web_name(name):
    validate_web_name(name)


@pytest.mark.parametrize("name", ["-", "-trams", "_trams", "Trams", "tra ms", "tram\n", "", "trâm", "/", "."])
def test_what_is_no_web_name(name):
    with pytest.raises(ValidationError):
        validate_web_name(name)


def test_capitals_are_small_however_it_is_written():
    assert make.page(slug="T2-Trams").slug == "t2-trams"


def test_capitals_typed_in_the_admin_are_small(browse):
    data = {"title": "Trams", "slug": "T2-Tr\u200bams", "summary": "About trams.", "order": "1", "status": "draft"}
    rows = {"pictures-TOTAL_FORMS": "0", "pictures-INITIAL_FORMS": "0"}

    browse("editor").post("/admin/stories/thread/add/", data | rows)

    assert Thread.objects.get().slug == "t2-trams"


def test_two_names_that_differ_by_capitals_are_one(browse):
    make.page(slug="trams")

    answer = browse("administrator").post("/admin/city/page/add/", {"title": "Trams", "slug": "TRAMS"})

    assert "already exists" in " ".join(answer.context["adminform"].errors["slug"])
