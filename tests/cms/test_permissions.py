"""Who may do what: every role, every action. docs/staff.md shows this table; a test fails where the two differ."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from city.models import Source
from cms.audit.models import AuditEvent
from cms.enquiries import enquiries
from cms.media.models import Image, Replacement
from cms.publishing.models import Notice
from cms.revisions.models import Proposal
from cms.site_settings.models import SiteSettings
from programmes.models import Programme
from tests import make
from tests.cms.admin.pictures.test_pictures_admin import WORDS
from tests.cms.admin.test_site_settings_admin import about_this_site
from tests.cms.backoffice.publishable.test_bulk_actions import do
from tests.cms.media.test_media import encoded, pixels, upload
from tests.derbycity.test_admin import propose
from tests.programmes.test_admin import as_form

FIT = {"body": "<p>What it is.</p>", "running": "3-finished"}
LIST = "/admin/programmes/programme/"

# In the order of the letters below. With limited rights: what they were given, and what they were not.
ROLES = {
    "Writer": {"groups": ["Writer"]},
    "Writer, given it": {"groups": ["Writer"], "is_limited": True, "given": True},
    "Writer, not given it": {"groups": ["Writer"], "is_limited": True},
    "Editor": {"groups": ["Editor"]},
    "Editor, given it": {"groups": ["Editor"], "is_limited": True, "given": True},
    "Editor, not given it": {"groups": ["Editor"], "is_limited": True},
    "Moderator": {"groups": ["Moderator"]},
    "Administrator": {"groups": ["Administrator"]},
}
NOBODY = {"anyone": None, "resident": {"is_staff": False}}
SUPERUSER = {"superuser": {"is_superuser": True}}


@dataclass(frozen=True)
class Row:
    """One thing to do. `who` has a letter for each role: y may, - may not; `tried` says whether it could be done."""

    what: str
    who: str
    tried: Callable[[Client, SimpleNamespace], bool]


def shown(path):
    return lambda client, at: client.get(path if isinstance(path, str) else path(at)).status_code == 200


def of(thing, view="change"):
    return f"{LIST}{thing.pk}/{view}/"


def changed(client, thing, **changes):
    """Whether saving its form with these changes made them."""
    client.post(of(thing), as_form(thing, **changes) | changes)
    stored = Programme.objects.get(pk=thing.pk)
    return all(str(getattr(stored, name)) == value for name, value in changes.items())


def versions(thing):
    return "?a={}&b={}".format(*thing.history.values_list("pk", flat=True))


def drafted(client, at):
    client.post(f"{LIST}add/", as_form(at.draft, title="New", slug="new"))
    return Programme.objects.filter(slug="new", status="draft").exists()


def scheduled(client, at):
    client.post(of(at.live), as_form(at.live, publish_at="2099-01-01T00:00"))
    return Programme.objects.scheduled().filter(pk=at.live.pk).exists()


def proposed(client, at):
    client.post(of(at.live), as_form(at.live, title="Another") | {"_send": "1"})
    return Proposal.objects.filter(status="waiting", object_id=at.live.pk).exclude(pk=at.proposal.pk).exists()


def decided(step, status):
    def tried(client, at):
        client.post(f"/admin/cms/proposal/{at.proposal.pk}/decide/", {"step": step, "words": "Because"})
        return Proposal.objects.get(pk=at.proposal.pk).status == status

    return tried


def brought_back(which):
    def tried(client, at):
        thing = getattr(at, which)
        client.post(of(thing, f"history/{thing.history.last().pk}"))
        return Programme.objects.get(pk=thing.pk).title == "First title"

    return tried


def deleted(client, at):
    client.post(of(at.live, "delete"), {"post": "yes"})
    return not Programme.objects.filter(pk=at.live.pk).exists()


def in_bulk(name, which, field, value, **chosen):
    def tried(client, at):
        values = {key: getattr(at, found).pk for key, found in chosen.items()}
        do(client, name, [getattr(at, which)], **values)
        return str(getattr(Programme.objects.get(pk=getattr(at, which).pk), field)) == value

    return tried


def exported(client, at):
    return was_sent(do(client, "export", [at.live]))


def record_exported(client, at):
    return was_sent(client.post("/admin/cms/auditevent/export/"))


def settings_changed(client, at):
    client.post("/admin/cms/sitesettings/1/change/", about_this_site(contact_phone="01332 000000"))
    return SiteSettings.load().contact_phone != ""


def owners_given(client, at):
    sent = {"owner": at.owner.pk, "kinds": ["programmes.programme"], "confirmed": "1"}
    client.post("/admin/before-you-open/owners/", sent)
    return Programme.objects.get(pk=at.live.pk).owner == at.owner


def enquiry_read(client, at):
    return client.get(f"/admin/cms/enquiry/{at.enquiry.pk}/change/").status_code == 200


def enquiry_answered(client, at):
    client.post(f"/admin/cms/enquiry/{at.enquiry.pk}/reply/", {"text": "At ten.", "seen": 0, "how": "close"})
    return at.enquiry.replies.exists()


def was_sent(response):
    return response.streaming and b"".join(response).startswith(b"PK")


def confirmed(client, at):
    client.post(of(at.live, "still-right"))
    return AuditEvent.objects.filter(action="checked").exists()


def added(path, model, **fields):
    def tried(client, at):
        count = model.objects.count()
        client.post(path, {name: value() if callable(value) else value for name, value in fields.items()})
        return model.objects.count() > count

    return tried


def given(client, at):
    client.post(of(at.live), as_form(at.live, given_to=[at.limited.pk]))
    return at.live.given_to.filter(pk=at.limited.pk).exists()


def person_changed(client, at):
    client.post(
        f"/admin/accounts/user/{at.resident.pk}/change/", {"email": at.resident.email, "name": "N", "is_active": "on"}
    )
    return User.objects.get(pk=at.resident.pk).name == "N"


def source_changed(client, at):
    client.post(f"/admin/city/source/{at.source.pk}/change/", {"title": "N", "publisher": "P", "key": at.source.key})
    return type(at.source).objects.get(pk=at.source.pk).title == "N"


NOTICE = {"text": "Closed on Monday.", "tone": "information", "section": ""}
UNTIL = {"publish_at": "2030-01-01T00:00", "unpublish_at": "2030-01-02T00:00"}
PICTURES = "/admin/cms/image/"


def a_picture():
    return upload(encoded(pixels()))


def described(*, is_own, on_page=False):
    """Whether somebody could say what a picture shows that they, or somebody else, had added."""

    def tried(client, at):
        image = picture_of(client, at, is_own=is_own, on_page=on_page)
        client.post(f"{PICTURES}{image.pk}/change/", WORDS)
        return Image.objects.get(pk=image.pk).alternative_text == WORDS["alternative_text"]

    return tried


def replaced(client, at):
    image = picture_of(client, at, is_own=True, on_page=True)
    client.post(f"{PICTURES}{image.pk}/replace/", WORDS | {"upload": a_picture(), "is_read_again": "on"})
    return Replacement.objects.filter(image=image).exists()


def picture_of(client, at, *, is_own, on_page):
    image = make.image(uploaded_by_id=client.session.get("_auth_user_id") if is_own else at.owner.pk)
    if on_page:
        make.programme_picture(programme=at.live, image=image)
    return image


TABLE = [
    Row("see the list, with what is public", "yyyyyyyy", shown(LIST)),
    Row("open the form of something public", "yyyyyyyy", shown(lambda at: of(at.live))),
    Row("open the form of a draft", "yy-yy-yy", shown(lambda at: of(at.draft))),
    Row("preview a draft", "yy-yy-yy", shown(lambda at: of(at.draft, "preview"))),
    Row("see the history", "yy-yy-yy", shown(lambda at: of(at.live, "history"))),
    Row("see an old version", "yy-yy-yy", shown(lambda at: of(at.live, f"history/{at.live.history.last().pk}"))),
    Row("compare two versions", "yy-yy-yy", shown(lambda at: of(at.live, "history/compare") + versions(at.live))),
    Row("read what is proposed", "yy-yy-yy", shown(lambda at: at.proposal.get_absolute_url())),
    Row("add a draft", "y--y---y", drafted),
    Row("change a draft", "yy-yy--y", lambda client, at: changed(client, at.draft, title="Another")),
    Row("change what is public at once", "---yy--y", lambda client, at: changed(client, at.live, title="Another")),
    Row("propose a change of what is public", "yy-yy--y", proposed),
    Row("take a proposed change back", "yy-yy--y", decided("take_back", "taken_back")),
    Row("approve a proposed change", "---yy--y", decided("publish", "published")),
    Row("refuse a proposed change", "---yy--y", decided("refuse", "refused")),
    Row("publish", "---yy--y", lambda client, at: changed(client, at.draft, status="published")),
    Row("schedule", "---yy--y", scheduled),
    Row("take down", "---yy--y", lambda client, at: changed(client, at.live, status="draft")),
    Row("confirm as still right", "yy-yy--y", confirmed),
    Row("bring back an old version of a draft", "yy-yy--y", brought_back("draft")),
    Row("bring back an old version of what is public", "---yy--y", brought_back("live")),
    Row("delete", "-------y", deleted),
    Row("publish many at once", "---yy--y", in_bulk("publish", "draft", "status", "published")),
    Row("set the owner of many at once", "yy-yy--y", in_bulk("set_owner", "draft", "owner", "Olive", owner="owner")),
    Row("give all that has no owner to one person", "---y---y", owners_given),
    Row("export what they see", "yyyyyyyy", exported),
    Row("add a source", "yyyyyy-y", added("/admin/city/source/add/", Source, title="A", publisher="B", key="a")),
    Row("change a source", "y--y---y", source_changed),
    Row("add a picture", "yyyyyy-y", added(f"{PICTURES}upload/", Image, uploads=a_picture)),
    Row("describe a picture they added, on no public page", "yyyyyy-y", described(is_own=True)),
    Row("describe a picture of somebody else’s, on no public page", "y--y---y", described(is_own=False)),
    Row("change a picture they added, on a public page", "---yy--y", described(is_own=True, on_page=True)),
    Row("replace a picture they added, on a public page", "---yy--y", replaced),
    Row("say to whom something is given", "-------y", given),
    Row("put up a notice", "-------y", added("/admin/cms/notice/add/", Notice, **NOTICE | UNTIL)),
    Row("say who answers for the site", "-------y", settings_changed),
    Row("read what people ask the site team", "------yy", enquiry_read),
    Row("answer what people ask the site team", "------yy", enquiry_answered),
    Row("see the record of decisions", "-------y", shown("/admin/cms/auditevent/")),
    Row("export the record", "-------y", record_exported),
    Row("see mails", "-------y", shown("/admin/cms/mail/")),
    Row("change people and groups", "-------y", person_changed),
]


@pytest.fixture
def at(db):
    """One of everything to try it on. The first version of each programme had another title."""
    made = {}
    for name, status in (("live", "published"), ("draft", "draft")):
        thing = make.programme(title="First title", slug=name, status=status, **FIT)
        thing.title = f"A {name} one"
        thing.save()
        made[name] = thing
    made["proposal"] = propose(
        made["live"],
        by=make.staff("Writer"),
        status="waiting",
        values={"fields": {"title": "Proposed"}, "rows": {}},
        base={"fields": {"title": made["live"].title}, "rows": {}},
    )
    made["owner"] = make.staff("Editor", name="Olive")
    made["limited"] = make.staff("Writer", is_limited=True)
    made["enquiry"] = enquiries.take_in(topic="other", message="When is the museum open?")
    return SimpleNamespace(**made, source=make.source(), resident=make.user())


def can(role, row, at) -> bool:
    """Whether somebody of this role can do it; whatever they did is undone."""
    client = Client()
    with transaction.atomic():
        if role is not None:
            fields = {"is_staff": True} | role
            has_it, groups = fields.pop("given", False), fields.pop("groups", [])
            person = make.user(*groups, **fields)
            for thing in (at.live, at.draft) if has_it else ():
                thing.given_to.add(person)
            client.force_login(person)
        could = row.tried(client, at)
        transaction.set_rollback(True)
    return could


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.what)
def test_each_role_can_do_what_the_table_says_and_no_more(at, row):
    expected = {name: letter == "y" for name, letter in zip(ROLES, row.who, strict=True)}
    expected |= dict.fromkeys(NOBODY, False) | dict.fromkeys(SUPERUSER, True)

    assert {name: can(role, row, at) for name, role in (ROLES | NOBODY | SUPERUSER).items()} == expected


def as_markdown() -> str:
    head = f"| | {' | '.join(ROLES)} |\n|{' --- |' * (len(ROLES) + 1)}\n"
    words = {"y": "yes", "-": "no"}
    return head + "".join(f"| {row.what} | {' | '.join(words[letter] for letter in row.who)} |\n" for row in TABLE)


def test_the_guide_shows_the_table_that_is_tested():
    guide = (Path(__file__).parents[2] / "docs" / "staff.md").read_text(encoding="utf-8")

    assert as_markdown() in guide


@pytest.mark.parametrize(
    "view",
    ["change", "preview", "preview/page", "history", "history/compare", "history/{version}", "delete", "still-right"],
)
def test_what_somebody_may_not_see_is_not_found(client, at, view):
    client.force_login(make.staff("Administrator", is_limited=True))
    path = of(at.draft, view.format(version=at.draft.history.last().pk))

    assert client.get(path).status_code in ((404, 405) if view == "still-right" else (404,))
    assert client.post(path, {"post": "yes"}).status_code in (404, 405)


def test_lists_and_searches_show_only_what_somebody_may_see(client, at):
    client.force_login(make.staff("Editor", is_limited=True))
    asked = "/admin/autocomplete/?app_label=programmes&model_name=programme&field_name=instead&term=one"

    assert "A draft one" not in client.get(LIST).content.decode()
    assert [found["text"] for found in client.get(asked).json()["results"]] == ["A live one"]
