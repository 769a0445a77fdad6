"""“Something wrong on this page? Tell us”: from the form for anybody to the answer, and what is forgotten."""

import datetime
import itertools
import re
import threading

import pytest
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from cms import limits
from cms.audit.models import AuditEvent
from cms.housekeeping import forget_readers_addresses
from cms.outbox.models import Mail
from cms.publishing import suggestions
from cms.publishing.models import MovedAddress, Suggestion
from cms.requests import spam_guard
from cms.site_settings.models import SiteSettings
from partners.jobs import tell_of_suggestions
from stories.retention import erase
from tests import make
from tests import make_stories as told

SIGNER = signing.TimestampSigner(salt=spam_guard._SALT)


@pytest.fixture
def partner(db):
    return make.partner(name="Sewing Club", slug="sewing")


@pytest.fixture
def anna(partner):
    return make.member(partner, person=make.user(name="Anna Kay", email="anna@example.org")).person


def shown(monkeypatch, seconds=10):
    with monkeypatch.context() as patch:
        patch.setattr(signing.time, "time", lambda: timezone.now().timestamp() - seconds)
        return SIGNER.sign("shown")


READERS = itertools.count()


@pytest.fixture
def tell(monkeypatch, partner):
    """Sends the form as somebody who took ten seconds."""

    def post(about="/partners/sewing/", seconds=10, **fields):
        given = {"words": "The street is wrong.", "known_from": "", "email": "", "more": ""}
        given["shown_at"] = shown(monkeypatch, seconds)
        address = {"query_params": {"about": about}, "headers": {"User-Agent": f"Reader {next(READERS)}"}}
        return Client(enforce_csrf_checks=True).post("/suggest/", given | fields, **address)

    return post


def test_what_a_reader_sends_is_kept_for_who_keeps_the_page(tell, partner):
    response = tell(words="The street is wrong.", known_from="I live there", email="reader@example.org")

    assert response.status_code == 302
    assert response.url == "/suggest/thanks/?about=%2Fpartners%2Fsewing%2F"
    assert not response.cookies
    found = Suggestion.objects.get()
    assert (found.thing, found.title, found.words) == (partner, "Sewing Club", "The street is wrong.")
    assert (found.known_from, found.email) == ("I live there", "reader@example.org")
    line = AuditEvent.objects.get(action="suggested")
    assert (line.by, line.by_words, line.note, line.new) == (None, "a reader", "", {})
    assert "Thank you" in Client().get(response.url).content.decode()


@pytest.mark.parametrize(
    "about",
    [
        *(
            "",
            "/nowhere/",
            "/account/login/",
            "/tell/",
            "/health/live",
            "/robots.txt",
            "/sitemap.xml",
            "/static/css/site.css",
            "/stories/feed.atom",
            "/partners/none/",
            "/admin/",
            "https://evil.org/",
            "//evil.org",
            "\0",
            "/partners/\0/",
        ),
        *("/partners/draft/", "/partners/sewing", "x" * 5000, "/partners/' OR 1=1 --/", "/partners/é/"),
    ],
)
def test_about_nothing_public_there_is_no_form(tell, about):
    make.partner(slug="draft", status="draft")

    assert Client().get("/suggest/", query_params={"about": about}).status_code == 404
    assert tell(about=about).status_code == 404
    assert not Suggestion.objects.exists()


def test_about_a_list_its_address_is_kept_for_the_site_team(tell, cast):
    response = tell(about="/partners/", words="A charity is missing.", email="reader@example.org")

    assert response.status_code == 302
    found = Suggestion.objects.get()
    assert (found.thing, found.path) == (None, "/partners/")
    assert found.title.startswith("Partners")
    suggestions.answer(found, by=cast.editor, words="It is here now.", in_name_of="Derby City Council")
    assert "http://testserver/partners/" in Mail.objects.get().text
    lines = AuditEvent.objects.filter(action__in=("suggested", "answered"))
    assert [line.new["page"] for line in lines] == ["/partners/", "/partners/"]


def test_a_page_that_moved_is_found_by_its_old_address(partner):
    MovedAddress.objects.create(old_path="/partners/old/", thing=partner)

    assert "/partners/sewing/" in Client().get("/suggest/?about=/partners/old/").content.decode()


def test_about_a_story_it_is_the_story_that_is_kept(tell):
    story = told.story(slug="first-day")

    form = Client().get("/suggest/?about=/stories/first-day/").content.decode()
    tell(about="/stories/first-day/", email="reader@example.org")

    assert story.shown.title in form
    assert "/concern/first-day/" in form
    assert Suggestion.objects.get().thing == story


def test_what_was_suggested_about_a_story_goes_when_it_is_erased(tell):
    story = told.story(slug="first-day")
    tell(about="/stories/first-day/", email="reader@example.org")

    erase.erase(story, asked_by="teller")

    assert not Suggestion.objects.exists()


def test_the_time_to_answer_is_the_one_that_is_set(partner):
    form = "/suggest/?about=/partners/sewing/"
    assert "working day" not in Client().get(form).content.decode()

    SiteSettings.objects.update_or_create(pk=SiteSettings.THE_ROW, defaults={"suggestion_days": 10})

    assert "by email within 10 working days." in Client().get(form).content.decode()


def test_without_a_page_it_is_not_found(db):
    assert Client().get("/suggest/").status_code == 404
    assert Client().put("/suggest/").status_code in (404, 405)
    assert Client().get("/suggest/thanks/").status_code == 200
    assert Client().get("/suggest/thanks/", query_params={"about": "\0"}).status_code == 200


def test_an_address_is_kept_small(tell):
    tell(email="Reader@Example.org")

    assert Suggestion.objects.get().email == "reader@example.org"


def test_a_robot_that_fills_in_everything_is_thanked_and_not_heard(tell):
    response = tell(more="Cheap watches")

    assert response.status_code == 302
    assert not Suggestion.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("seconds", [0, 1, 2])
def test_too_quick_is_asked_again_and_keeps_the_words(tell, seconds):
    response = tell(seconds=seconds, words="Kept <words>")

    assert response.status_code == 200
    assert "very quick" in response.content.decode()
    assert "Kept &lt;words&gt;" in response.content.decode()
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("mark", ["", "forged", "shown:1:x", "a\0", None])
def test_a_form_that_is_too_old_or_forged_is_signed_anew(tell, monkeypatch, mark):
    old = shown(monkeypatch, 25 * 3600) if mark is None else mark

    response = tell(shown_at=old, words="Kept words")

    html = response.content.decode()
    assert response.status_code == 200
    assert "Kept words" in html
    assert not Suggestion.objects.exists()
    anew = re.search(r'name="shown_at" value="([^"]+)"', html)[1]
    assert SIGNER.unsign(anew) == "shown"
    assert "send it once more" in html


def test_a_double_click_is_one_suggestion(client, monkeypatch, partner):
    given = {"words": "The street is wrong.", "shown_at": shown(monkeypatch, 10)}

    answers = [client.post("/suggest/?about=/partners/sewing/", given) for _ in range(2)]

    assert {answer.url for answer in answers} == {"/suggest/thanks/?about=%2Fpartners%2Fsewing%2F"}
    assert Suggestion.objects.count() == 1


def test_a_form_that_lay_open_for_hours_is_taken(tell):
    assert tell(seconds=23 * 3600).status_code == 302


@pytest.mark.parametrize(
    "fields",
    [
        {"words": ""},
        {"words": " \n "},
        {"words": "x" * 2001},
        {"known_from": "x" * 301},
        {"email": "no address"},
        {"email": "a\0@example.org"},
    ],
)
def test_wrong_input_is_said_and_kept(tell, fields):
    response = tell(**{"known_from": "Kept words"} | fields)

    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()
    assert "<title>Error: " in response.content.decode()
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize(
    "words", ["'; DROP TABLE x; --", "שלום עולם", "🙂" * 500, "<b>x</b>", "%s %(x)s {{ x }}", "x" * 2000]
)
def test_odd_words_are_words(tell, words):
    assert tell(words=words).status_code == 302
    assert Suggestion.objects.get().words == words


def test_the_sixth_in_an_hour_from_one_network_is_asked_to_wait(tell):
    assert [tell().status_code for _ in range(5)] == [302] * 5

    response = tell(words="My sixth")

    assert response.status_code == 200
    assert "My sixth" in response.content.decode()
    assert "many suggestions from here" in response.content.decode()
    assert Suggestion.objects.count() == 5


def test_no_page_takes_more_than_sixty_an_hour(tell, partner):
    for _ in range(60):
        limits.count("suggest about", f"partners.partner {partner.pk}", seconds=3600)

    assert tell().status_code == 200
    assert not Suggestion.objects.exists()


# Those it goes to.


def test_managers_get_one_mail_a_day_about_all_that_is_new(tell, partner, anna):
    programme = make.programme(title="Mending", slug="mending", lead=partner)
    make.member(partner, role="contributor")
    tell()
    tell()
    tell(about=programme.get_absolute_url(), words="Secret words", email="reader@example.org")

    for _ in range(2):
        tell_of_suggestions(timestamp=0)

    mail = Mail.objects.get()
    assert (mail.to, mail.subject) == ("anna@example.org", "Readers suggest 3 changes: Sewing Club")
    assert "Mending, Sewing Club" in mail.text
    assert "/desk/sewing/suggestions/" in mail.text
    assert "Secret words" not in mail.text
    assert "reader@" not in mail.text


def test_a_partner_sees_what_is_about_it_and_what_it_leads(tell, partner, anna):
    led, other = make.programme(title="Mending", lead=partner), make.programme(title="Elsewhere")
    make.involvement(programme=other, partner=partner, role="3-delivery")
    for thing in (partner, led, other, make.partner(name="Neighbour")):
        make.suggestion(thing, words=f"About {thing}")

    page = make.signed_in(anna).get("/desk/sewing/suggestions/").content.decode()

    assert "About Sewing Club" in page
    assert "About Mending" in page
    assert "Elsewhere" not in page
    assert "Neighbour" not in page


def test_a_member_answers_and_the_reader_gets_a_mail(partner, anna):
    found = make.suggestion(partner, words="The street is wrong.", email="reader@example.org")

    response = make.signed_in(anna).post(
        f"/desk/sewing/suggestions/{found.pk}/", {"words": "Thank you, mended."}, follow=True
    )

    assert "on its way by mail" in response.content.decode()
    found.refresh_from_db()
    assert (found.answered_by, found.answered_for, found.answer) == (anna, "Sewing Club", "Thank you, mended.")
    mail = Mail.objects.get()
    assert mail.to == "reader@example.org"
    assert "Sewing Club answers:" in mail.text
    assert "Thank you, mended." in mail.text
    assert "Anna" not in mail.text
    line = AuditEvent.objects.get(action="answered")
    assert (line.by, line.new, line.note) == (anna, {"in the name of": "Sewing Club"}, "")
    assert line.by_words == "Anna Kay, for Sewing Club"
    assert "reader@" not in f"{line.old}{line.new}{line.note}{line.by_words}"
    assert "reader@" not in make.signed_in(anna).get(f"/desk/sewing/suggestions/{found.pk}/").content.decode()


def test_without_an_address_nobody_is_written_to(partner, anna):
    found = make.suggestion(partner, words="Wrong.")
    suggestions.answer(found, by=anna, words="Mended.", in_name_of="Sewing Club")

    assert not Mail.objects.exists()


@pytest.mark.parametrize("words", ["", "  ", "x" * 2001])
def test_an_answer_needs_words(partner, anna, words):
    found = make.suggestion(partner, words="Wrong.")

    response = make.signed_in(anna).post(f"/desk/sewing/suggestions/{found.pk}/", {"words": words})

    assert response.status_code == 200
    assert Suggestion.objects.waiting().exists()
    if not words.strip():
        with pytest.raises(ValidationError):
            suggestions.answer(found, by=anna, words=words, in_name_of="Sewing Club")


def test_the_second_answer_is_told_of_the_first(partner, anna):
    found = make.suggestion(partner, words="Wrong.", email="reader@example.org")
    suggestions.answer(found, by=anna, words="First.", in_name_of="The council")

    response = make.signed_in(anna).post(f"/desk/sewing/suggestions/{found.pk}/", {"words": "Second."})

    assert "The council has answered it meanwhile" in response.content.decode()
    assert Mail.objects.count() == 1
    with pytest.raises(suggestions.Answered):
        suggestions.answer(found, by=anna, words="Third.", in_name_of="The council")


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["stranger", "other", "editor"])
def test_nobody_elses_is_found(cast, partner, who, method):
    other = make.partner(slug="other")
    person = make.member(other).person if who == "other" else getattr(cast, who)
    found = make.suggestion(partner, words="Wrong.")

    for desk in ("sewing", "other"):
        response = getattr(make.signed_in(person), method)(f"/desk/{desk}/suggestions/{found.pk}/", {"words": "Mine."})
        assert response.status_code == 404
    assert Suggestion.objects.waiting().exists()


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one(partner, anna):
    found = make.suggestion(partner, words="Wrong.", email="reader@example.org")
    done = []

    def answer(words):
        try:
            suggestions.answer(found, by=anna, words=words, in_name_of="Sewing Club")
            done.append(words)
        except suggestions.Answered:
            pass
        connection.close()

    threads = [threading.Thread(target=answer, args=[words]) for words in ("One", "Two", "Three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(done) == 1
    assert Mail.objects.count() == 1


# Forgetting.


def test_addresses_are_forgotten_a_year_after_the_answer(partner, anna):
    old, new, open_one = (make.suggestion(partner, words="Wrong.", email="reader@example.org") for _ in range(3))
    for one, days in ((old, 366), (new, 364)):
        suggestions.answer(one, by=anna, words="Mended.", in_name_of="Sewing Club")
        Suggestion.objects.filter(pk=one.pk).update(answered_at=timezone.now() - datetime.timedelta(days=days))

    forget_readers_addresses(timestamp=0)

    assert [Suggestion.objects.get(pk=one.pk).email for one in (old, new, open_one)] == [
        "",
        "reader@example.org",
        "reader@example.org",
    ]
