"""No word in any row can stop a page, a feed, a sitemap, an export or a mail.

The models, their text fields and the addresses are found by themselves, so a new one is in here without being named.
Every text is written past forms and past the checks of the columns, which are taken away first.
"""

import io
import json
import re
import uuid
from email import message_from_bytes
from xml.etree import ElementTree

import openpyxl
import pytest
from django.apps import apps
from django.contrib import admin
from django.core import mail as outbox
from django.db import DatabaseError, connection, models, transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from cms.outbox.models import Mail
from cms.text import text_constraints
from tests import make_stories as told
from tests.derbycity.test_admin_cost import fill
from tests.derbycity.test_urls import addresses as named_addresses

pytestmark = pytest.mark.django_db
MARKUP = "]]>&amp;<\"'</script>"
ODD = f"\x01\v\x1b\x85\x9f\u2028\u202e\u2066\ufffe\ufdd0\u200f\ufeff\u00ad\U0001fa81Z{chr(0x301) * 12}{MARKUP}\r\n"


def built(model):
    """A row of a kind that nobody made one of; none where the database wants more than its fields say."""
    values = {}
    for field in model._meta.local_concrete_fields:
        if field.primary_key or field.has_default() or field.null or getattr(field, "auto_now", False):
            continue
        if field.name == "status" and "published" in dict(field.flatchoices):
            values[field.attname] = "published"
        elif field.is_relation:
            other = field.related_model._base_manager.first() or built(field.related_model)
            values[field.attname] = other.pk if other else None
        elif field.flatchoices:
            values[field.attname] = field.flatchoices[0][0]
        elif isinstance(field, models.CharField | models.TextField):
            text = f"a-{uuid.uuid4().hex}"[: field.max_length or 40]
            values[field.attname] = f"{text}@example.org" if isinstance(field, models.EmailField) else text
        elif isinstance(field, models.DateTimeField):
            values[field.attname] = timezone.now()
        elif isinstance(field, models.DateField):
            values[field.attname] = timezone.localdate()
        elif isinstance(field, models.IntegerField | models.DecimalField):
            values[field.attname] = 1
    if "status" in {field.name for field in model._meta.local_fields}:
        choices = dict(model._meta.get_field("status").flatchoices)
        values |= {"status": "published"} if "published" in choices else {}
    try:
        with transaction.atomic():
            return model._base_manager.create(**values)
    except (DatabaseError, ValueError):
        return None


def fields():
    """Those in which people's words stand; what the portal looks things up by is of another kind."""
    for field in text_constraints.text_fields():
        is_word = not (field.flatchoices or field.unique or isinstance(field, models.EmailField | models.SlugField))
        if is_word and not isinstance(field, models.URLField):
            yield field


def write_everywhere(statement):
    """How many fields took it. Some refuse every change, or have a form of their own that the database knows."""
    quote, taken = connection.ops.quote_name, 0
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for field in text_constraints.text_fields():
            table, name = quote(field.model._meta.db_table), quote(text_constraints.name_of(field))
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for field in fields():
        table, column = quote(field.model._meta.db_table), quote(field.column)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                most = field.max_length or 100_000
                words = statement.format(column)
                cursor.execute(f"UPDATE {table} SET {column} = left({words}, %s)", [ODD, most])  # noqa: S608
                taken += cursor.rowcount > 0
        except DatabaseError:
            continue
    return taken


def pages_of_rows():
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        row = model._default_manager.order_by("-pk").first()
        for view in ("change", "history", "delete") if row else ():
            try:
                yield reverse(f"{name}_{view}", args=[row.pk])
            except NoReverseMatch:
                continue
    for model in apps.get_models():
        if text_constraints.is_ours(model) and hasattr(model, "get_absolute_url"):
            for row in model._default_manager.all()[:3]:
                yield row.get_absolute_url()


def check(response, address):
    """That whoever reads it by machine can."""
    assert response.status_code < 500, address
    kind = response.headers.get("Content-Type", "")
    content = b"".join(response) if response.streaming else response.content
    if "xml" in kind and "sheet" not in kind:
        ElementTree.fromstring(content)  # noqa: S314 - our own
    elif "json" in kind:
        json.loads(content)
    elif "spreadsheet" in kind:
        openpyxl.load_workbook(io.BytesIO(content))
    elif "html" in kind:
        for script in re.findall(rb'<script type="application/ld\+json">(.*?)</script>', content, re.DOTALL):
            json.loads(script)
    return content


@pytest.fixture
def world(cast):
    fill(cast)
    told.story(status="published", threads=[told.thread()])
    told.report(told.story(status="published"))
    for model in {field.model for field in fields()}:
        if not model._base_manager.exists() and not model.__name__.startswith("Historical"):
            built(model)


@pytest.mark.parametrize("statement", ["{} || %s", "%s || {}"], ids=["behind", "before"])
def test_no_word_stops_anything(world, browse, statement):
    public, staff = browse("anyone"), browse("administrator")
    named = list(named_addresses())

    taken = write_everywhere(statement)

    assert taken > 100
    for address in {*named, *pages_of_rows()}:
        for client in (public, staff):
            check(client.get(address), address)
    seen, waiting = set(), {"/sitemap.xml"}
    while address := waiting and waiting.pop():
        seen.add(address)
        content = check(public.get(address), address).decode()
        waiting |= set(re.findall(r"<loc>https?://[^/]+(/[^<]*)</loc>", content)) - seen
    assert len(seen) > 60
    for kind in ("programmes/programme", "partners/partner"):
        model = apps.get_model(*kind.split("/"))
        rows = [str(pk) for pk in model.objects.values_list("pk", flat=True)]
        sent = {"action": "export", "_selected_action": rows, "index": "0", "select_across": "0"}
        check(staff.post(f"/admin/{kind}/", sent), kind)
    check(staff.get("/admin/cms/auditevent/export/"), "export of the record")


def test_no_word_stops_a_mail(world, run_jobs, settings):
    write_everywhere("%s || {}")

    run_jobs()

    assert set(Mail.objects.values_list("state", "problem")) == {(Mail.State.SENT, "")}
    assert outbox.outbox
    for message in outbox.outbox:
        assert message_from_bytes(message.message().as_bytes())["Subject"]


@pytest.mark.parametrize("letter", ["\x01", "\v", "\r", "\x85", "\u2028", "\u202e", "\ufffe"])
def test_no_column_takes_what_is_no_text(world, letter):
    """Every column of text of every table that has a row, by the database itself."""
    quote, taken = connection.ops.quote_name, []
    for field in text_constraints.text_fields():
        table, column = quote(field.model._meta.db_table), quote(field.column)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET {column} = %s", [letter])  # noqa: S608
                if cursor.rowcount:
                    taken.append(str(field))
        except DatabaseError:
            continue

    assert taken == []


def test_each_kind_with_words_is_tried(world):
    """A kind that is not in here has no row: give it one in `fill`, or a builder can."""
    empty = {
        model._meta.label
        for model in {field.model for field in fields()}
        if not model._base_manager.exists() and not model.__name__.startswith("Historical")
    }

    assert empty <= MADE_BY_NOBODY


# What only a rule of the database or another table can make; no page lists it.
MADE_BY_NOBODY = {"partners.ActingGrant"}
