"""“Still right?”: one mail, one link, one button; and what silence comes to."""

import datetime
import re
import threading

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit.models import AuditEvent
from cms.lib.dates import in_months
from cms.outbox.models import Mail
from cms.publishing import review_requests
from cms.publishing.models import ReviewRequest
from cms.revisions import workflow
from partners.jobs import ask_whether_still_right
from partners.models import Partner
from partners.page_editing import review_emails
from tests import make

PAGE = "/partners/sewing/"


def today():
    return timezone.localdate()


@pytest.fixture
def partner(cast):
    return make.partner(
        name="Sewing Club", slug="sewing", body="<p>Old.</p>", owner=cast.editor, review_on=today(), website=""
    )


@pytest.fixture
def anna(partner):
    return make.member(partner, person=make.user(name="Anna Kay", email="anna@example.org")).person


@pytest.fixture
def second(partner, anna):
    return make.member(partner, person=make.user(name="Bo", email="bo@example.org")).person


def links():
    return [re.search(r"/still-right/\?key=\S+", mail.text)[0] for mail in Mail.objects.order_by("pk")]


def pass_days(days):
    """As if everybody had been asked so many days earlier."""
    for asked in ReviewRequest.objects.all():
        for name in ("asked_at", "reminded_at"):
            if getattr(asked, name):
                ReviewRequest.objects.filter(pk=asked.pk).update(
                    **{name: getattr(asked, name) - datetime.timedelta(days=days)}
                )


def read(partner):
    return Partner.objects.get(pk=partner.pk)


def test_one_manager_is_asked_once(partner, anna, second):
    for _ in range(3):
        ask_whether_still_right(timestamp=0)

    mail = Mail.objects.get()
    assert (mail.to, mail.is_secret) == ("anna@example.org", True)
    assert mail.useless_at
    assert AccessToken.objects.get().email == "anna@example.org"


def test_contributors_are_not_asked(partner):
    make.member(partner, role="contributor")

    assert review_emails.ask() == 0
    assert not ReviewRequest.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"review_on": None}, {"status": "draft"}, {"ended": "2020"}, {"unpublish_at": "2001-01-01T00:00Z"}]
)
def test_nobody_is_asked_about_what_is_not_due_or_not_public(partner, anna, fields):
    for name, value in fields.items():
        setattr(partner, name, value)
    partner.save()

    assert review_emails.ask() == 0


def test_nobody_is_asked_before_the_day(partner, anna):
    partner.review_on = today() + datetime.timedelta(days=1)
    partner.save()

    assert review_emails.ask() == 0


def test_the_link_shows_the_page_and_changes_nothing(partner, anna):
    review_emails.ask()

    for method in ("get", "head", "get"):
        response = getattr(Client(), method)(links()[0])
        assert response.status_code == 200

    html = response.content.decode()
    assert "Old." in html
    assert "/desk/sewing/page/" in html
    assert not response.cookies
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert read(partner).checked_on is None
    assert ReviewRequest.objects.open().exists()


def test_the_button_confirms_without_signing_in(client, partner, anna):
    review_emails.ask()

    response = Client(enforce_csrf_checks=True).post(links()[0])

    assert response.status_code == 302
    assert "key" not in response.url
    found = read(partner)
    assert (found.checked_on, found.checked_by, found.review_on) == (today(), "partner", in_months(12))
    assert (found.assured_date, found.assurer) == (today(), "The organisation itself")
    line = AuditEvent.objects.get(action="checked")
    assert (line.by, line.by_words) == (None, "a manager by the link in a mail")
    assert ReviewRequest.objects.get().answer == "still_right"
    assert f"Confirmed by the organisation on {today():%-d %B %Y}" in client.get(PAGE).content.decode()


def test_the_button_works_once(partner, anna):
    review_emails.ask()
    Client().post(links()[0])

    assert Client().post(links()[0]).status_code == 404
    assert AuditEvent.objects.filter(action="checked").count() == 1


@pytest.mark.parametrize("wrong", ["", "abc", "\0", "x" * 3000, "é", "' OR 1=1"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_wrong_key_opens_nothing(partner, anna, wrong, method):
    review_emails.ask()

    response = getattr(Client(), method)("/still-right/", query_params={"key": wrong})

    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"


def test_a_key_for_something_else_opens_nothing(partner, anna):
    review_emails.ask()
    text, _ = token_links.make(AccessToken.Purpose.INVITATION, ReviewRequest.objects.get(), days=1, email=anna.email)

    assert Client().post(f"/still-right/?key={text}").status_code == 404


def test_the_link_of_somebody_who_left_or_is_no_manager_any_more_opens_nothing(partner, anna, second):
    review_emails.ask()
    member = partner.members.get(person=anna)
    member.role = "contributor"
    member.save()

    assert Client().post(links()[0]).status_code == 404
    assert read(partner).checked_on is None


def test_the_link_is_for_the_very_address_it_was_sent_to(partner):
    make.member(partner, person=make.user(email="ınfo@kings.example"))
    review_emails.ask()
    AccessToken.objects.update(email="info@kings.example")

    assert Client().post(links()[0]).status_code == 404
    assert read(partner).checked_on is None


def test_a_link_ends(partner, anna):
    review_emails.ask()
    key = AccessToken.objects.get()
    assert key.expires_at - key.created_at > datetime.timedelta(days=44)
    AccessToken.objects.filter(pk=key.pk).update(expires_at=timezone.now())

    assert Client().get(links()[0]).status_code == 404


def test_silence_is_followed_by_one_reminder_to_all_managers(partner, anna, second):
    review_emails.ask()
    pass_days(13)
    assert review_emails.ask() == 0
    pass_days(1)

    assert [review_emails.ask(), review_emails.ask()] == [2, 0]
    assert [mail.to for mail in Mail.objects.order_by("pk")] == ["anna@example.org"] * 2 + ["bo@example.org"]
    assert [Client().get(link).status_code for link in links()] == [200] * 3
    Client().post(links()[2])
    assert [Client().get(link).status_code for link in links()] == [404] * 3


def silent(partner):
    review_emails.ask()
    pass_days(14)
    review_emails.ask()
    pass_days(14)
    review_emails.ask()


def test_then_the_public_page_says_so_and_staff_find_it(client, partner, anna):
    silent(partner)

    html = client.get(PAGE).content.decode()
    assert "We asked this organisation on" in html
    assert list(Partner.objects.unconfirmed()) == [partner]
    assert review_emails.ask() == 0


def test_it_says_since_when_nobody_from_there_has_confirmed_it(client, partner, anna):
    partner.checked_on, partner.checked_by = datetime.date(2025, 5, 4), "partner"
    partner.save()

    silent(partner)

    page = client.get(PAGE).content.decode()
    assert "Nobody from this organisation has confirmed this page since 4 May 2025." in page
    assert "Confirmed by the organisation" not in page


def test_a_kept_page_gets_the_label_at_once(settings, client, partner, anna):
    settings.PAGE_CACHE_MB = 10
    review_emails.ask()
    pass_days(28)
    review_emails.ask()
    assert "We asked this organisation" not in client.get(PAGE).content.decode()

    pass_days(14)
    review_emails.ask()

    assert "We asked this organisation" in client.get(PAGE).content.decode()


def test_no_label_before_somebody_was_reminded(partner, anna):
    review_emails.ask()
    pass_days(40)
    review_emails.ask()

    assert not Partner.objects.unconfirmed().exists()


@pytest.mark.parametrize("how", ["link", "desk", "staff", "new day"])
def test_an_answer_takes_the_label_away_and_ends_all_links(client, browse, partner, anna, how):
    silent(partner)

    if how == "link":
        Client().post(links()[0])
    elif how == "desk":
        make.signed_in(anna).post("/desk/sewing/page/still-right/")
    elif how == "staff":
        browse("editor").post(f"/admin/partners/partner/{partner.pk}/still-right/")
    else:
        partner.review_on = today() + datetime.timedelta(days=90)
        partner.save()
        review_emails.ask()

    assert "We asked this organisation" not in client.get(PAGE).content.decode()
    assert not ReviewRequest.objects.open().exists()
    assert not AccessToken.objects.live().exists()
    expected = {"link": "partner", "desk": "partner", "staff": "council", "new day": "council"}
    assert read(partner).checked_by == expected[how]


def test_at_the_desk_it_is_recorded_with_the_name(partner, anna):
    response = make.signed_in(anna).post("/desk/sewing/page/still-right/", follow=True)

    assert "Readers see today" in response.content.decode()
    line = AuditEvent.objects.get(action="checked")
    assert (line.by, line.by_words) == (anna, "Anna Kay, for Sewing Club")


def test_a_draft_cannot_be_confirmed(partner, anna):
    partner.status = "draft"
    partner.save()

    response = make.signed_in(anna).post("/desk/sewing/page/still-right/", follow=True)

    assert "not public" in response.content.decode()
    assert read(partner).checked_on is None


def test_after_a_year_they_are_asked_again(partner, anna):
    review_emails.ask()
    Client().post(links()[0])
    found = read(partner)
    found.review_on = today() - datetime.timedelta(days=1)
    found.save()

    assert review_emails.ask() == 1
    assert ReviewRequest.objects.count() == 2


def test_approving_a_change_is_no_confirmation(cast, partner, anna):
    change = make.proposal(partner, by=anna, status="waiting", summary="New.")
    workflow.take("publish", change, by=cast.editor)

    assert read(partner).checked_on is None


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_confirm_once(partner, anna, second):
    review_emails.ask()
    pass_days(14)
    review_emails.ask()
    codes = []

    def press(link):
        codes.append(Client().post(link).status_code)
        connection.close()

    threads = [threading.Thread(target=press, args=[link]) for link in links()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert codes.count(500) == 0
    assert AuditEvent.objects.filter(action="checked").count() == 1


def test_days_are_as_promised():
    assert (review_requests.REMINDER_DAYS, review_requests.LABEL_DAYS, review_requests.KEY_DAYS) == (14, 28, 45)
