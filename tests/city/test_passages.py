"""What the portal fills into standing pages: what is set is shown and escaped, and what is not is said honestly."""

import re
from html import escape
from pathlib import Path

import pytest
import yaml
from django.forms import modelform_factory
from django.test import Client

from city import passages
from city.kinds import PageForm
from city.models import Page
from cms.site_settings.models import NamedBody, SiteSettings
from tests import make

pytestmark = pytest.mark.django_db
CONTENT = Path(__file__).parents[2] / "content"
WRITTEN = {page["slug"]: page for page in yaml.safe_load((CONTENT / "pages.yaml").read_text(encoding="utf-8"))}
SLUGS = sorted(passages.NEEDED)
ODD = "<b>&</b>"
# Words that promise something of the software's future, or tell staff what to do.
HOLES = re.compile(
    r"before (the )?(site is )?launch|\[…\]|\[\.\.\.\]|to be (named|filled|confirmed)|TODO|TBC", re.IGNORECASE
)

SET = {
    "controller_name": f"Derby City Council {ODD}",
    "controller_address": f"The Council House\nCorporation Street {ODD}",
    "dpo_name": f"Data Protection Officer {ODD}",
    "dpo_email": "dpo@example.org",
    "dpo_phone": "01332 111111",
    "ico_registration": "Z1234567",
    "lawful_basis_confirmed_on": "2026-12-03",
    "hosting_provider": f"Example Hosting {ODD}",
    "hosting_logs": f"It keeps the address of your device for 30 days {ODD}.",
    "data_processors": f"Example Mail {ODD}, which sends our email\nSomebody Else, which keeps copies",
    "contact_email": "team@example.org",
    "contact_phone": "01332 222222",
    "opening_hours": f"Monday to Friday {ODD}",
    "security_email": "security@example.org",
    "accessibility_email": "access@example.org",
    "complaints_name": f"Customer Feedback {ODD}",
    "complaints_email": "feedback@example.org",
    "enquiry_days": 3,
    "suggestion_days": 7,
    "accessibility_days": 4,
    "story_days": 5,
    "concern_days": 6,
    "licence": "cc-by-4",
}
ON_PAGE = {
    "privacy": (
        ["controller_name", "dpo_name", "dpo_email", "dpo_phone", "ico_registration", "hosting_provider"],
        ["3 December 2026", SET["hosting_logs"], "Somebody Else, which keeps copies", "Gazette", "picture desk"],
    ),
    "contact": (
        ["contact_email", "contact_phone", "opening_hours"],
        ["3 working days", "7 working days", "5 working days", "6 working days", "4 working days"],
    ),
    "accessibility": (
        ["accessibility_email", "contact_phone", "opening_hours", "complaints_name", "complaints_email"],
        ["within 4 working days"],
    ),
    "terms": ([], ["https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"]),
}


@pytest.fixture(params=SLUGS)
def slug(request):
    make.page(slug=request.param, body=WRITTEN[request.param]["body"])
    return request.param


def set_everything():
    SiteSettings(pk=1, **SET).save()
    NamedBody.objects.create(
        settings_id=1, name=f"The Gazette {ODD}", use="press", told_how="We email its picture desk."
    )


def read(slug):
    response = Client().get(f"/{slug}/")
    assert response.status_code == 200
    return response.content.decode()


def test_with_nothing_set_a_page_says_so_and_tells_staff_nothing(slug):
    page = read(slug)

    assert "not yet" in page or "yet." in page
    assert not HOLES.search(page)
    assert not re.search(r"\{[a-z_]+\}", page)


def test_with_everything_set_a_page_shows_it_escaped(slug):
    set_everything()

    page = read(slug)

    fields, words = ON_PAGE[slug]
    for value in [*(SET[name] for name in fields), *words]:
        assert escape(value) in page
    assert ODD not in page
    assert "has not yet" not in page
    assert not HOLES.search(page)


def test_no_text_of_the_opening_content_has_a_hole():
    for file in CONTENT.glob("*.yaml"):
        found = HOLES.search(file.read_text(encoding="utf-8"))
        assert not found, f"{file.name}: {found}"


def test_a_change_of_the_settings_is_on_the_page_at_once():
    make.page(slug="contact", body="<p>{contact}</p>")
    assert "no email address" in read("contact")

    SiteSettings(pk=1, contact_email="team@example.org").save()

    assert "mailto:team@example.org" in read("contact")


@pytest.mark.parametrize("name", passages.PASSAGES)
def test_every_passage_says_something_with_nothing_and_with_everything_set(name):
    without = passages.fill(f"<p>{{{name}}}</p>")
    set_everything()
    with_all = passages.fill(f"<p>{{{name}}}</p>")

    assert "<p>" in without
    assert "<p>" in with_all
    assert without != with_all
    assert "{" not in without + with_all


def test_a_page_without_passages_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert passages.fill("<p>Hello</p>") == "<p>Hello</p>"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<p>{contact}</p>", None),
        ("<p>A set {1, 2} and {} are no passages</p>", None),
        ("<p>{contcat}</p>", "no passage called “{contcat}”"),
        ("<p>Write to {contact}</p>", "alone in a paragraph"),
        ("<ul><li>{contact}</li></ul>", "alone in a paragraph"),
        ("<p>{contact}</p><p>Or {contact}</p>", "alone in a paragraph"),
    ],
)
def test_staff_are_told_what_is_wrong_with_a_passage(body, said):
    form = modelform_factory(Page, form=PageForm, fields=["body"])({"body": body}, instance=make.page(slug="about"))

    found = " ".join(form.errors.get("body", []))

    assert (said in found) if said else not found


def test_the_form_lists_the_passages(browse):
    page = make.page(slug="contact", body="<p>{contact}</p>")

    form = browse("editor").get(f"/admin/city/page/{page.pk}/change/").content.decode()

    for name in passages.PASSAGES:
        assert f"{{{name}}}" in form


def test_a_preview_shows_what_is_filled_in(browse):
    page = make.page(slug="contact", status="draft", body="<p>{contact}</p>")

    shown = browse("editor").get(f"/admin/city/page/{page.pk}/preview/page/").content.decode()

    assert "no email address" in shown
    assert Page.objects.get(pk=page.pk).body == "<p>{contact}</p>"
