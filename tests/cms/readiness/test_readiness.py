"""“Before you open”: each hole appears and goes, is shown only to those who may do something about it, and what the law
asks for is named by `check --deploy`."""

import datetime
import re
from html import unescape

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core import mail as outbox
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from cms.audit.models import AuditEvent
from cms.outbox import mail
from cms.outbox.models import Mail
from cms.readiness import registry
from cms.readiness.models import BackupProof
from cms.site_settings.models import NamedBody, SiteSettings
from stories.consent import consent_versions
from stories.models import ConsentVersion
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db
PAGE = "/admin/before-you-open/"
OWNERS = f"{PAGE}owners/"


def is_done(key):
    return next(found.is_done for found in registry.look() if found.check.key == key)


def write(**fields):
    SiteSettings.objects.update(**fields)


def approve():
    AuditEvent.objects.create(
        action="wording_ok",
        content_type=ContentType.objects.get_for_model(ConsentVersion),
        object_id=ConsentVersion.objects.current().pk,
        by=make.staff("Administrator"),
        by_words="Addy",
    )


def name_a_body():
    NamedBody.objects.create(settings_id=1, name="The Gazette", use="press", told_how="By email.")


def a_wording_with_todays_bodies():
    person = make.user(is_staff=True, is_superuser=True)
    consent_versions.put_to_use(consent_versions.draft_of_next(by=person), by=person, is_material=False)


def a_mail(**fields):
    written = mail.send(to="ada@example.org", subject="Hello", text="Words")
    Mail.objects.filter(pk=written.pk).update(**fields)


def a_proof(days):
    made = BackupProof.record(rows=1, files=1)
    BackupProof.objects.filter(pk=made.pk).update(proved_at=timezone.now() - datetime.timedelta(days=days))


# Key: what makes it appear, if it is not there at first, and what makes it go.
HOLES = {
    "controller": (None, lambda: write(controller_name="The council", controller_address="Derby")),
    "data_protection": (None, lambda: write(dpo_phone="01332 000000")),
    "reasons_in_law": (None, lambda: write(lawful_basis_confirmed_on="2026-12-01")),
    "hosting": (None, lambda: write(hosting_provider="A", hosting_logs="B")),
    "accessibility": (None, lambda: write(contact_email="team@example.org")),
    "contact": (None, lambda: write(contact_phone="01332 000000")),
    "answer_times": (
        None,
        lambda: write(enquiry_days=1, suggestion_days=1, story_days=1, concern_days=1, accessibility_days=1),
    ),
    "complaints": (None, lambda: write(complaints_name="Customer Feedback")),
    "licence": (None, lambda: write(licence="ogl-3")),
    "security": (None, lambda: write(security_email="security@example.org")),
    "bodies": (None, name_a_body),
    "owners": (lambda: make.programme(owner=None), lambda: _all_programmes(owner=make.staff("Editor"))),
    "never_checked": (
        lambda: make.programme(checked_on=None),
        lambda: _all_programmes(checked_on=timezone.localdate()),
    ),
    "programmes_run": (
        lambda: make.programme(running="2-unconfirmed"),
        lambda: _all_programmes(running="3-finished"),
    ),
    "mail_sent": (None, lambda: a_mail(state="sent", sent_at=timezone.now())),
    "mail_failed": (lambda: a_mail(state="failed"), lambda: Mail.objects.update(state="sent")),
    "backups": (lambda: a_proof(60), lambda: a_proof(3)),
    "second_administrator": (
        lambda: make.staff("Administrator", is_active=False),
        lambda: [make.staff("Administrator") for _ in range(2)],
    ),
    "safeguarding": (None, lambda: [make.staff("Administrator") for _ in range(2)]),
    "consent_words": (None, approve),
    "consent_bodies": (name_a_body, a_wording_with_todays_bodies),
    "call_hosts": (lambda: told.call(host=None), lambda: _all_calls(host=make.partner())),
    "pages_show_it": (
        lambda: make.page(slug="contact", body="<p>Write to us.</p>"),
        lambda: _all_pages(body="<p>{contact}</p>"),
    ),
}


def _all_programmes(**fields):
    _rows("programmes.Programme", fields)


def _all_calls(**fields):
    _rows("stories.Call", fields)


def _all_pages(**fields):
    _rows("city.Page", fields)


def _rows(label, fields):
    for row in apps.get_model(label).objects.all():
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()


@pytest.mark.parametrize("key", HOLES)
def test_each_hole_is_there_and_goes_once_it_is_seen_to(key):
    appear, go = HOLES[key]
    if appear:
        assert key not in ("owners", "never_checked") or is_done(key)
        appear()
    assert not is_done(key)

    go()

    assert is_done(key)


def test_no_hole_is_without_its_test():
    asked = {found.check.key for found in registry.look()}

    assert asked - {"https", "worker"} == set(HOLES)


@pytest.mark.parametrize(("address", "done"), [("http://derby.example", False), ("https://derby.example", True)])
def test_an_address_that_is_not_safe_is_a_hole(settings, address, done):
    settings.SITE_URL = address

    assert is_done("https") is done


def test_a_worker_that_says_nothing_is_a_hole():
    assert not is_done("worker")

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")

    assert is_done("worker")


def test_all_that_is_counted_is_asked_in_one_question(django_assert_max_num_queries):
    registry.look()

    # what is counted, and the settings
    with django_assert_max_num_queries(2):
        registry.look()


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("administrator", {"controller", "owners", "safeguarding", "consent_words", "backups", "mail_sent"}),
        ("editor", {"owners", "never_checked", "programmes_run", "call_hosts", "pages_show_it"}),
        ("moderator", set()),
        ("writer", set()),
        ("stranger", set()),
    ],
)
def test_a_hole_is_shown_to_those_who_may_do_something_about_it(browse, cast, who, seen):
    shown = {found.check.key for found in registry.look(getattr(cast, who))}

    assert seen <= shown
    assert bool(shown) is bool(seen)
    if who == "editor":
        assert shown == seen
    page = browse(who).get(PAGE)
    assert page.status_code == (200 if seen else 403 if who != "stranger" else page.status_code)
    if who == "stranger":
        assert page.status_code in (302, 403)


def test_whoever_is_limited_is_shown_none(client):
    client.force_login(make.staff("Administrator", is_limited=True))

    assert client.get(PAGE).status_code == 403
    assert client.get(OWNERS).status_code == 403
    assert client.post(f"{PAGE}mail/").status_code == 403
    assert "Before you open" not in client.get("/admin/").content.decode()


def test_one_line_stands_on_the_first_page_until_all_is_done(browse, cast):
    programme = make.programme(owner=None, checked_on=timezone.localdate(), running="3-finished")
    client = browse("editor")

    assert "Before you open</a>: 4 of 5 done" in client.get("/admin/").content.decode()
    assert re.search(r"Before you open</a>: \d+ of \d+ done", browse("administrator").get("/admin/").content.decode())

    programme.owner = cast.editor
    programme.save()

    assert "Before you open" not in client.get("/admin/").content.decode()
    assert "Nothing is missing" in client.get(PAGE).content.decode()


def test_each_hole_says_what_to_do_and_where(browse):
    make.programme(owner=None)
    make.page(slug="contact", body="<p>Hello</p>")

    client = browse("administrator")
    page = client.get(PAGE).content.decode()

    for found in registry.look():
        assert found.check.title in page
        if not found.is_done:
            assert found.check.todo in unescape(page)
            if found.check.address:
                assert client.get(found.check.address).status_code in (200, 302)
    assert "2 without an owner" in page


# A test email


def test_somebody_sends_an_email_to_themselves(browse, cast, run_jobs):
    response = browse("administrator").post(f"{PAGE}mail/", follow=True)

    assert "An email to admin@example.org is on its way" in response.content.decode()
    run_jobs()
    (sent,) = outbox.outbox
    assert sent.to == ["admin@example.org"]
    assert "This is a test" in sent.body


@pytest.mark.parametrize("who", ["editor", "moderator", "writer"])
def test_nobody_else_sends_one(browse, who):
    assert browse(who).post(f"{PAGE}mail/").status_code == 403
    assert not Mail.objects.exists()


def test_one_is_sent_by_a_press_of_the_button_alone_and_not_without_end(browse):
    client = browse("administrator")

    assert client.get(f"{PAGE}mail/").status_code == 405
    for _ in range(11):
        response = client.post(f"{PAGE}mail/", follow=True)

    assert "Wait an hour" in response.content.decode()
    assert Mail.objects.count() == 10


# Owners


def give(client, owner, *kinds, **more):
    return client.post(OWNERS, {"owner": owner.pk, "kinds": kinds} | more)


@pytest.mark.parametrize("who", ["administrator", "editor"])
def test_many_things_are_given_to_one_person_in_one_go(browse, cast, who):
    left = make.user(is_staff=True, is_active=False)
    programmes = [make.programme(owner=None), make.programme(owner=left)]
    kept, draft = make.programme(owner=cast.editor), make.programme(owner=None, status="draft")
    partner = make.partner(owner=None)
    owner, client = make.staff("Editor", name="Olive"), browse(who)

    asked = give(client, owner, "programmes.programme").content.decode()
    assert "2 public pages get this owner: <strong>Olive" in asked
    assert not type(draft).objects.filter(owner=owner).exists()
    done = give(client, owner, "programmes.programme", confirmed="1")

    assert done.headers["Location"] == PAGE
    assert set(type(draft).objects.filter(owner=owner)) == set(programmes)
    assert type(draft).objects.get(pk=kept.pk).owner == cast.editor
    partner.refresh_from_db()
    assert partner.owner is None
    line = AuditEvent.objects.get(action=AuditEvent.Action.OWNER)
    assert (line.by, line.new["owner"]) == (getattr(cast, who), "Olive")
    assert sorted(line.new["given"]) == sorted(str(one) for one in programmes)
    newest = programmes[0].history.first()
    assert (newest.history_user, newest.history_change_reason) == (line.by, "Given an owner, with others")


@pytest.mark.parametrize("who", ["writer", "moderator"])
def test_nobody_gives_many_who_may_not_publish_them(browse, who):
    programme = make.programme(owner=None)
    client = browse(who)

    assert client.get(OWNERS).status_code == 403
    assert give(client, make.staff("Editor"), "programmes.programme", confirmed="1").status_code == 403
    programme.refresh_from_db()
    assert programme.owner is None


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"kinds": ["programmes.programme"]}, "This field is required"),
        ({"owner": "resident", "kinds": ["programmes.programme"]}, "Select a valid choice"),
        ({"owner": "editor"}, "Tick at least one kind"),
        ({"owner": "editor", "kinds": ["auth.group"]}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_changed(browse, cast, sent, said):
    programme = make.programme(owner=None)
    people = {"resident": cast.stranger.pk, "editor": cast.editor.pk}

    answer = browse("editor").post(OWNERS, sent | {"confirmed": "1", "owner": people.get(sent.get("owner"), "")})

    assert answer.status_code == 200
    assert said in answer.content.decode()
    programme.refresh_from_db()
    assert programme.owner is None


def test_where_everything_has_an_owner_the_page_says_so(browse):
    assert "Everything public has an owner" in browse("editor").get(OWNERS).content.decode()


# check --deploy


def deploy_warnings(**given):
    return {message.id for message in registry.warn(**given)}


def test_the_deploy_check_names_what_the_law_asks_for_and_nothing_else():
    named = deploy_warnings(databases=["default"])

    assert {"readiness.controller", "readiness.consent_words", "readiness.safeguarding"} <= named
    assert not named & {"readiness.licence", "readiness.owners", "readiness.mail_sent"}

    write(controller_name="The council", controller_address="Derby")

    assert "readiness.controller" not in deploy_warnings(databases=["default"])


def test_without_a_database_the_deploy_check_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert deploy_warnings() == set()


def test_it_is_part_of_the_command(capsys, monkeypatch):
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)  # that tests in a browser set, and Django refuses
    call_command("check", deploy=True, databases=["default"])

    assert "Not done yet: Who is responsible for people’s data." in capsys.readouterr().err
