"""Every form there is, and everything that may go wrong when it is sent: the answer holds what was typed.

The forms are found by going through the pages as a visitor, a partner's manager and an administrator do, so a new form
is tried by itself.
"""

import copy
import re
import time
from collections import Counter
from contextlib import contextmanager
from html import unescape
from urllib.parse import urlencode, urljoin, urlsplit

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve, reverse

from tests import make, make_stories
from tests.derbycity.test_urls import patterns
from tests.posting import Page, again

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"passw|csrf|secret|credential|token|(^|_)otp|(^|_|-)code$")
MOST_OF_A_VIEW = 2  # addresses that are looked at for each view
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|WITH sign)")


WORDS = {
    "textarea": "Kept words, “quoted” & <odd>\nand a second line {}",
    "email": "kept{}@example.org",
    "url": "https://kept{}.example.org/",
}


def filled(form):
    """What would be sent if somebody typed into every field; and what of it they must get back."""
    data, typed = {}, {}
    for name, value in form.fields:
        data.setdefault(name, []).append(value)
    for number, (name, kind) in enumerate(form.typed):
        words = WORDS.get(kind, "kept words {}").format(number)  # in small letters, as an address is kept
        if name == "more" or "__prefix__" in name:  # nobody sees that one; of the other a script makes rows
            continue
        data[name] = [words]
        if kind != "password" and not SECRET.search(name):
            typed[name] = words
    return data, typed


def beginnings(world):
    for pattern, _ in patterns(get_resolver()):
        if "<" not in pattern and "(?P" not in pattern:
            yield "/" + pattern.replace(r"\Z", "")
    for model in apps.get_models():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        if (found := model._default_manager.order_by("pk").first()) is not None:
            try:
                yield reverse(name, args=[found.pk])
            except Exception:  # noqa: S112 - not in the admin
                continue
    yield from world


def view_of(address):
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


def forms_of(client, world):
    """Each form once: by the view that takes it, and the names of its fields."""
    seen, waiting, looked, found = Counter(), list(dict.fromkeys(beginnings(world))), set(), {}
    while waiting:
        address = waiting.pop(0)
        view = view_of(address)
        if address in looked or seen[view] >= MOST_OF_A_VIEW or not view or "logout" in address:
            continue
        looked.add(address)
        response = client.get(address)
        if response.status_code != 200 or "html" not in response.headers.get("Content-Type", ""):
            if response.status_code == 302:
                waiting.append(urljoin(address, response.url))
            continue
        seen[view] += 1
        page = Page(response.content.decode())
        waiting += [urljoin(address, link) for link in page.links if not urlsplit(urljoin(address, link)).netloc]
        for form in page.forms:
            form.action = urljoin(address, form.action) if form.action else address
            names = frozenset(re.sub(r"\d+", "#", name) for name, _ in form.fields)
            found.setdefault((view_of(form.action), names), form)
    return list(found.values())


def someone(kind, cast):
    client = Client()
    if kind == "manager":
        partner = make.partner(slug="our-partner", name="Our Partner")
        member = make.member(partner)
        client = make.signed_in(member.person)
        return client, [f"/desk/{partner.slug}/"]
    if kind == "administrator":
        client = make.signed_in(cast.administrator)
    return client, []


@pytest.fixture
def world(db):
    """One of each thing there is."""
    programme, page = make.programme(slug="thing"), make.page(slug="a-page")
    make.partner(slug="thing")
    make.ward(slug="thing")
    make.theme(slug="thing")
    make.image()
    story = make_stories.story(slug="thing")
    make_stories.thread(slug="thing")
    make_stories.call(slug="thing")
    return ["/concern/thing/?about=other", f"/suggest/?about={programme.get_absolute_url()}", story.get_absolute_url(),
            page.get_absolute_url()]  # fmt: skip


@contextmanager
def apart():
    """Whatever is done inside is undone."""
    mark = transaction.savepoint()
    try:
        yield
    finally:
        connection.needs_rollback = False
        transaction.savepoint_rollback(mark)


def failing(error, only=None):
    def ask(execute, sql, params, many, context):
        if only is None or only.match(sql if isinstance(sql, str) else str(sql)):
            raise error()
        return execute(sql, params, many, context)

    return connection.execute_wrapper(ask)


def a_clash():
    error = IntegrityError('duplicate key value violates unique constraint "a_name_key"')
    error.__cause__ = psycopg.errors.UniqueViolation("duplicate key")
    return error


def is_lost(response, typed):
    """The names of what is not on the page; a file that is sent says that all was taken."""
    if response.streaming:
        return []
    text = unescape(response.content.decode()).replace("\r\n", "\n")
    return [name for name, words in typed.items() if words not in text]


def sender(client, **more):
    other = Client(raise_request_exception=False, **more)
    other.cookies = copy.deepcopy(client.cookies)
    return other


def refused(client, form, data):
    with failing(lambda: OperationalError("connection refused")):
        return sender(client).post(form.action, data), 503


def stalled(client, form, data):
    with failing(lambda: OperationalError("canceling statement due to statement timeout"), WRITES):
        return sender(client).post(form.action, data), None


def without_token(client, form, data):
    data.pop("csrfmiddlewaretoken", None)
    return sender(client, enforce_csrf_checks=True).post(form.action, data), None


def stale_token(client, form, data):
    data |= {"csrfmiddlewaretoken": "a" * 64} if "csrfmiddlewaretoken" in data else {}
    return sender(client, enforce_csrf_checks=True).post(form.action, data), None


def session_ended(client, form, data):
    gone = sender(client)
    gone.cookies.pop(settings.SESSION_COOKIE_NAME, None)
    return gone.post(form.action, data), None


def clashes(client, form, data):
    with failing(a_clash, WRITES):
        return sender(client).post(form.action, data), None


def too_large(client, form, data):
    """One field of four megabytes among the others."""
    big = next((name for name, kind in form.typed if kind == "textarea"), "big")
    data[big] = ["word " * 800_000]
    body = urlencode(data, doseq=True)
    return sender(client).post(form.action, body, content_type="application/x-www-form-urlencoded"), 413


def twice(client, form, data):
    """Two presses, one after the other; the second does nothing where the first did something."""
    first = sender(client).post(form.action, data)
    let_go(first)
    before = inserted()
    second = sender(client).post(form.action, data)
    if first.status_code == 302 and "csrfmiddlewaretoken" in data:
        assert second.status_code == 302, form.action
        assert second.url == first.url, form.action
        assert inserted() == before, form.action
    return second, None


def let_go(response):
    """Of a file that would be sent. To close the answer itself would close the connection of the test."""
    if response.streaming and response.file_to_stream:
        response.file_to_stream.close()


def inserted():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins FROM pg_stat_xact_user_tables WHERE n_tup_ins > 0 ORDER BY relname")
        return [row for row in cursor.fetchall() if row[0] not in ("cms_cache", "cms_limit")]


FAULTS = [refused, stalled, without_token, stale_token, session_ended, clashes, too_large, twice]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a file whose sending was cut short
@pytest.mark.parametrize("kind", ["visitor", "manager", "administrator"])
def test_whatever_goes_wrong_what_was_typed_comes_back(kind, cast, world):
    client, more = someone(kind, cast)
    forms = forms_of(client, [*world, *more])
    assert len(forms) >= {"visitor": 8, "manager": 15, "administrator": 40}[kind]
    lost = []

    for form in forms:
        for fault in FAULTS:
            data, typed = filled(form)
            with apart():
                response, status = fault(client, form, data)
            let_go(response)
            here = f"{fault.__name__} {form.action}"
            typed = {name: words for name, words in typed.items() if data.get(name) == [words]}
            if response.status_code == 500 or (status and response.status_code != status):
                lost.append(f"{here}: {response.status_code}")
            elif response.status_code != 302 and (gone := is_lost(response, typed)):
                lost.append(f"{here}: {response.status_code} without {gone}")
            elif response.status_code == 503 and fault is refused:
                lost += not_again(here, response, data)

    assert not lost, "\n".join(lost)


def not_again(here, response, data):
    """Whether one press sends all of it, but for secrets, which are asked for."""
    page = Page(response.content.decode())
    if not page.forms:
        return [f"{here}: no button"]
    again = {}
    for name, value in page.forms[0].fields:
        again.setdefault(name, []).append(value)
    again.pop("given_back", None)
    for name in data:
        is_secret = SECRET.search(name) and name != "csrfmiddlewaretoken"
        if is_secret and again.pop(name, None) != [""] and "credential" not in name:
            return [f"{here}: {name} is given back, or not asked for"]
    same = {name: values for name, values in again.items() if name != "csrfmiddlewaretoken"}
    wanted = {name: values for name, values in data.items() if not SECRET.search(name)}
    return [] if same == wanted else [f"{here}: other fields {same.keys() ^ wanted.keys()}"]


# What each page says, and that one press is enough


def form_at(client, address, having):
    """The form of a page that has this field."""
    forms = Page(client.get(address).content.decode()).forms
    found = next(form for form in forms if having in dict(form.fields))
    found.action = urljoin(address, found.action) if found.action else address
    return found


@pytest.fixture
def programme_form(browse):
    """An editor's page for a new programme, with the editor's browser."""
    client = browse("editor")
    return client, form_at(client, "/admin/programmes/programme/add/", "slug")


TYPED = {"title": "A new programme", "slug": "a-new-one", "summary": "Two lines\nof <words>"}


def test_an_expired_form_says_so_first_and_one_press_sends_it(programme_form, cast):
    client, form = programme_form
    strict = sender(client, enforce_csrf_checks=True)
    data = filled(form)[0] | TYPED | {"csrfmiddlewaretoken": "a" * 64}

    page = strict.post(form.action, data)

    assert page.status_code == 403
    assert "<h1>This form ran out of time</h1>" in page.text
    assert "You may not see this" not in page.text
    assert 'href="/admin/"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "a" * 64 not in page.text
    second = strict.post(form.action, again(page))
    assert second.status_code == 200
    assert "A new programme" in second.text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
                                     {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": ""}])  # fmt: skip
def test_what_another_site_filled_in_is_shown_and_never_one_press_from_being_sent(programme_form, headers):
    client, form = programme_form
    data = filled(form)[0] | TYPED
    data.pop("csrfmiddlewaretoken")

    page = sender(client, enforce_csrf_checks=True).post(form.action, data, headers=headers)

    assert page.status_code == 403
    assert Page(page.content.decode()).forms == []
    assert "A new programme" in page.text
    assert ("evil.example" in page.text) == ("Origin" in headers)


def test_a_page_given_back_to_one_person_counts_for_no_other_and_for_no_other_site(programme_form, browse, cast):
    client, form = programme_form
    strict = sender(client, enforce_csrf_checks=True)
    data = again(strict.post(form.action, filled(form)[0] | TYPED | {"csrfmiddlewaretoken": "a" * 64}))
    data["csrfmiddlewaretoken"] = ["b" * 64]

    for other, headers in ((sender(browse("administrator"), enforce_csrf_checks=True), {}),
                           (strict, {"Sec-Fetch-Site": "same-site"})):  # fmt: skip
        assert other.post(form.action, data, headers=headers).status_code == 403
    assert strict.post("/admin/partners/partner/add/", data).status_code == 403
    assert strict.post(form.action, data).status_code == 200


@pytest.mark.parametrize("hours", [13, 24 * 40])
def test_after_a_long_time_signing_in_in_another_window_is_enough(programme_form, cast, hours):
    client, form = programme_form
    strict = sender(client, enforce_csrf_checks=True)
    session = strict.session
    session["signed_in_at"] = int(time.time()) - hours * 3600
    session.save()

    page = strict.post(form.action, filled(form)[0] | TYPED)
    assert page.status_code == 403
    assert "<h1>Please sign in again</h1>" in page.text
    assert "A new programme" in page.text
    assert strict.get("/admin/").status_code == 302  # they are signed out, and the text is on the page alone
    assert not Session.objects.filter(session_data__contains="new programme").exists()

    strict.force_login(cast.editor)  # which gives the browser another token
    assert strict.post(form.action, again(page)).status_code == 200


def test_a_teller_who_was_signed_out_gets_it_back_too(browse, cast):
    story = make_stories.story(slug="hers")
    story.contributor.account = cast.author
    story.contributor.save()
    client = browse("author")
    form = form_at(client, "/my-stories/hers/change/", "text")
    data = filled(form)[0] | {"text": "My newer words"}
    strict = sender(client, enforce_csrf_checks=True)
    strict.cookies.pop(settings.SESSION_COOKIE_NAME)

    page = strict.post("/my-stories/hers/change/", data)

    assert page.status_code == 403
    assert "My newer words" in page.text
    strict.force_login(cast.author)
    assert strict.post("/my-stories/hers/change/", again(page)).status_code == 302


def test_too_much_text_says_how_much_fits_and_keeps_what_is_small(client):
    data = {"words": "word " * 800_000, "known_from": "I work there", "email": "a@example.org"}
    programme = make.programme()
    address = f"/suggest/?about={programme.get_absolute_url()}"

    for sent in ({"data": urlencode(data), "content_type": "application/x-www-form-urlencoded"}, {"data": data}):
        page = client.post(address, **sent)
        assert page.status_code == 413
        assert "3 megabytes" in page.text
        assert len(page.content) < 20_000
        assert Page(page.text).forms == []  # what is missing must not be sent as empty
    page = client.post(address, urlencode(data), content_type="application/x-www-form-urlencoded")
    assert "I work there" in page.text
    assert "This was too long to keep: What should be different?" in page.text


def test_labels_are_the_forms_own_and_passwords_are_asked_for_again(client):
    with failing(lambda: OperationalError("gone")):
        page = sender(client).post("/account/login/", {"login": "ada@example.org", "password": "correct horse"})
    connection.needs_rollback = False

    assert page.status_code == 503
    assert "correct horse" not in page.text
    assert 'type="password"' in page.text
    assert "We never show passwords and codes again" in page.text
    assert ">Login</label>" in page.text


def test_a_page_that_says_itself_what_is_wrong_keeps_its_words_and_gets_what_was_typed(client):
    answer = client.post("/my-stories/none/change/?key=ended", {"title": "My tram", "text": "It was\nblue."})

    assert answer.status_code == 404
    assert "Send me a link" in answer.text
    assert "My tram" in answer.text
    assert "It was\nblue." in answer.text
    assert answer.headers["Content-Length"] == str(len(answer.content))


def test_a_script_is_told_by_the_status_alone(browse):
    client = browse("editor")
    with failing(lambda: OperationalError("gone")):
        answer = sender(client).post("/admin/programmes/programme/1/presence/", {"words": "Long words " * 20},
                                               headers={"Sec-Fetch-Dest": "empty"})  # fmt: skip
    connection.needs_rollback = False

    assert answer.status_code == 503
    assert "Long words" not in answer.text
