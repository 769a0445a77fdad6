from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from cms.admin.notice_form import NoticeForm
from cms.audit.models import AuditEvent
from cms.publishing.models import Notice
from tests import make
from tests.cms.media.storing import Reader, committing, database_now

LIST = "/admin/cms/notice/"


def notice(*, begins=-60, ends=60, **fields):
    """Shown from and until so many minutes from now, by the database's clock."""
    now = database_now()
    times = {"publish_at": now + timedelta(minutes=begins), "unpublish_at": now + timedelta(minutes=ends)}
    return Notice.objects.create(**{"text": "The library is closed today."} | times | fields)


def typed(**changes):
    now = timezone.localtime()
    fields = {
        "text": "The library is closed today.",
        "link": "",
        "link_text": "",
        "tone": "information",
        "section": "",
        "publish_at": (now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "unpublish_at": (now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
    }
    return fields | changes


def read(path="/"):
    """The notice over a page, as it stands in the page; empty if there is none."""
    _, found, rest = Client().get(path).content.decode().partition('<aside class="notice')
    return rest.partition("</aside>")[0] if found else ""


# On pages


@pytest.mark.django_db
def test_a_notice_stands_on_every_page_before_the_main_part():
    notice(text="Closed & shut.", link="/partners/", link_text="Who is open")
    programme = make.programme()

    for path in ("/", "/programmes/", programme.get_absolute_url(), "/sources/"):
        text = Client().get(path).content.decode()
        assert 'aria-label="Notice"' in text
        assert "Closed &amp; shut." in text
        assert '<a href="/partners/">Who is open</a>' in text
        assert text.index('aria-label="Notice"') < text.index("<main")
        assert 'role="alert"' not in text


@pytest.mark.django_db
def test_a_page_with_a_notice_sets_no_cookie_and_may_be_kept():
    notice()

    response = Client().get("/")

    assert not response.cookies
    assert response.headers["Cache-Control"].startswith("public")


@pytest.mark.django_db
@pytest.mark.parametrize(("begins", "ends", "is_shown"), [(-60, 60, True), (1, 60, False), (-60, -1, False)])
def test_a_notice_stands_from_its_beginning_to_its_end(begins, ends, is_shown):
    notice(begins=begins, ends=ends)

    assert bool(read()) == is_shown


@pytest.mark.django_db
def test_a_notice_of_a_section_stands_only_there_and_before_that_of_the_whole_site():
    notice(text="Of all", begins=-1)
    notice(text="Of programmes", section="/programmes/", begins=-60)

    assert "Of all" in read("/")
    assert "Of all" in read("/partners/")
    assert "Of programmes" in read("/programmes/")
    assert "Of programmes" in read(make.programme().get_absolute_url())


@pytest.mark.django_db
@pytest.mark.parametrize("made", [["Newer", "Older"], ["Older", "Newer"]])
def test_of_two_for_the_same_place_the_newer_stands(made):
    for text in made:
        notice(text=text, begins={"Newer": -1, "Older": -60}[text])

    assert "Newer" in read()
    assert Client().get("/").content.decode().count('<aside class="notice') == 1


@pytest.mark.django_db
def test_a_section_that_is_no_longer_one_shows_its_notices_nowhere(settings):
    notice(section="/programmes/")
    settings.NOTICE_SECTIONS = (("", "The whole site"),)

    assert read("/programmes/") == ""


@pytest.mark.django_db
def test_a_notice_costs_one_question():
    make.page(slug="privacy")
    Client().get("/privacy/")
    with CaptureQueriesContext(connection) as asked:
        Client().get("/privacy/")

    assert [query["sql"] for query in asked if "cms_notice" in query["sql"]] != []
    assert len([query for query in asked if "cms_notice" in query["sql"]]) == 1


def test_a_page_for_an_error_asks_nobody():
    assert Template("{% notice %}").render(Context()) == ""


@committing
def test_a_kept_page_changes_at_the_very_moment(settings):
    settings.PAGE_CACHE_MB = 10
    reader = Reader()
    assert "notice" not in reader.get("/").content.decode()
    now = database_now()
    shown = Notice.objects.create(
        text="Soon", publish_at=now + timedelta(seconds=0.6), unpublish_at=now + timedelta(seconds=1.2)
    )
    seen = []

    while database_now() < shown.unpublish_at + timedelta(seconds=0.3):
        before = database_now()
        has_it = "Soon" in reader.get("/").content.decode()
        after = database_now()
        seen.append((before, after, has_it))

    for before, after, has_it in seen:
        if after < shown.publish_at or before >= shown.unpublish_at:
            assert not has_it
        elif before >= shown.publish_at and after < shown.unpublish_at:
            assert has_it
    assert {has_it for _, _, has_it in seen} == {True, False}


@committing
def test_a_kept_page_with_a_notice_costs_no_more(settings):
    settings.PAGE_CACHE_MB = 10
    notice()
    reader = Reader()

    assert "closed today" in reader.get("/").content.decode()
    assert reader.get("/").was_kept


def test_every_section_is_the_beginning_of_addresses(settings):
    assert settings.NOTICE_SECTIONS[0][0] == ""
    for section, _ in settings.NOTICE_SECTIONS[1:]:
        assert section.startswith("/")
        assert resolve(section)


# In the admin


def errors(**changes):
    return NoticeForm(typed(**changes)).errors


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 251}, "text"),
        ({"link": "https://example.org/", "link_text": "There"}, "link"),
        ({"link": "//example.org/", "link_text": "There"}, "link"),
        ({"link": "/nothing/", "link_text": "There"}, "link"),
        ({"link": "/partners/"}, "link_text"),
        ({"link_text": "There"}, "link"),
        ({"section": "/elsewhere/"}, "section"),
        ({"tone": "loud"}, "tone"),
        ({"publish_at": ""}, "publish_at"),
        ({"publish_at": "yesterday"}, "publish_at"),
        ({"unpublish_at": ""}, "unpublish_at"),
        ({"unpublish_at": "2001-01-01T00:00"}, "unpublish_at"),
        ({"publish_at": "2999-01-02T00:00", "unpublish_at": "2999-01-01T00:00"}, "unpublish_at"),
    ],
)
def test_what_is_no_notice_is_refused_at_its_field(changes, field):
    assert list(errors(**changes)) == [field]


@pytest.mark.django_db
@pytest.mark.parametrize("link", ["/partners/", "/partners/?sector=third", "/sources/#a"])
def test_a_notice_may_lead_to_any_page_of_ours(link):
    assert not errors(link=link, link_text="There", section="/programmes/")


def test_an_administrator_makes_a_notice_and_it_is_written_down(browse, cast):
    response = browse("administrator").post(f"{LIST}add/", typed(text="The  river\nis high."))

    made, line = Notice.objects.get(), AuditEvent.objects.get()
    assert response.status_code == 302
    assert (made.text, made.by) == ("The river is high.", cast.administrator)
    assert (line.action, line.by, line.note, line.new["Text"]) == ("notice", cast.administrator, "Made", made.text)


def test_what_was_changed_is_written_down_and_nothing_else(browse):
    made = notice()
    administrator = browse("administrator")

    administrator.post(f"{LIST}{made.pk}/change/", typed(tone="warning", **times_of(made)))
    administrator.post(f"{LIST}{made.pk}/change/", typed(tone="warning", **times_of(made)))

    [line] = AuditEvent.objects.all()
    assert (line.note, line.old, line.new) == ("Changed", {"Tone": "information"}, {"Tone": "warning"})


def times_of(made):
    Notice.objects.filter(pk=made.pk).update(
        publish_at=made.publish_at.replace(second=0, microsecond=0),
        unpublish_at=made.unpublish_at.replace(second=0, microsecond=0),
    )
    form = {name: timezone.localtime(getattr(made, name)) for name in ("publish_at", "unpublish_at")}
    return {name: at.strftime("%Y-%m-%dT%H:%M") for name, at in form.items()}


@pytest.mark.parametrize(
    ("times", "words"), [((-60, 60), "Showing now"), ((30, 60), "Will show"), ((-60, -30), "Over")]
)
def test_the_form_and_the_list_say_what_readers_see(browse, times, words):
    made = notice(begins=times[0], ends=times[1])
    administrator = browse("administrator")

    form = administrator.get(f"{LIST}{made.pk}/change/").content.decode()

    assert words in form
    assert '<aside class="notice"' in form
    assert words in administrator.get(LIST).content.decode()
    assert ("End it now" in form) == (words == "Showing now")


def test_a_notice_is_ended_at_once(browse, cast):
    made = notice()

    response = browse("administrator").post(f"{LIST}{made.pk}/end/", follow=True)

    [line] = AuditEvent.objects.all()
    assert "off all pages" in response.content.decode()
    assert read() == ""
    assert (line.action, line.by, line.note, list(line.old)) == ("notice", cast.administrator, "Ended", ["Show until"])


@pytest.mark.parametrize("times", [(30, 60), (-60, -30)])
def test_what_is_not_shown_cannot_be_ended(browse, times):
    made = notice(begins=times[0], ends=times[1])

    response = browse("administrator").post(f"{LIST}{made.pk}/end/", follow=True)

    assert "nothing to end" in response.content.decode()
    assert Notice.objects.get().unpublish_at == made.unpublish_at
    assert AuditEvent.objects.count() == 0


@pytest.mark.parametrize(("section", "hides"), [("", True), ("/programmes/", True), ("/partners/", False)])
def test_another_for_the_same_time_and_place_is_told(browse, section, hides):
    notice(text="The other", section="/programmes/")

    response = browse("administrator").post(f"{LIST}add/", typed(section=section), follow=True)

    assert ("At the same time “The other”" in unescape(response.content.decode())) == hides


def test_another_for_another_time_is_not(browse):
    notice(text="The other", begins=60 * 24 * 5, ends=60 * 24 * 6)

    response = browse("administrator").post(f"{LIST}add/", typed(), follow=True)

    assert "At the same time" not in response.content.decode()


def test_a_deleted_notice_is_written_down(browse):
    made = notice()

    browse("administrator").post(f"{LIST}{made.pk}/delete/", {"post": "yes"})

    assert [line.action for line in AuditEvent.objects.all()] == ["deleted"]


@pytest.mark.parametrize(("who", "status"), [("anyone", 302), ("stranger", 302), ("moderator", 403), ("editor", 403)])
def test_only_those_with_the_right_touch_notices(browse, who, status):
    made, client = notice(), browse(who)

    asked = [
        client.get(LIST),
        client.get(f"{LIST}{made.pk}/change/"),
        client.post(f"{LIST}add/", typed()),
        client.post(f"{LIST}{made.pk}/change/", typed(text="Other")),
        client.post(f"{LIST}{made.pk}/end/"),
        client.post(f"{LIST}{made.pk}/delete/", {"post": "yes"}),
    ]

    looked, sent = [[response.status_code for response in part] for part in (asked[:2], asked[2:])]
    assert looked == [status] * 2
    assert set(sent) <= {status, 403}  # what was typed by somebody who is not signed in is given back, with a 403
    assert Notice.objects.get().text == made.text
    assert Notice.objects.get().unpublish_at == made.unpublish_at


def test_a_notice_is_not_ended_by_following_a_link(browse):
    made = notice()

    assert browse("administrator").get(f"{LIST}{made.pk}/end/").status_code == 405
    assert browse("administrator").post(f"{LIST}{made.pk + 1}/end/").status_code == 404


def test_the_list_of_notices_costs_the_same_with_one_and_with_twenty(browse):
    administrator, counts = browse("administrator"), []
    for number in (1, 19):
        for _ in range(number):
            notice(by=make.staff())
        administrator.get(LIST)
        with CaptureQueriesContext(connection) as asked:
            assert administrator.get(LIST).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 20
