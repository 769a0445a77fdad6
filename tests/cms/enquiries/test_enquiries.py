"""Enquiries after they came in: who reads and answers them, and when they are deleted."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.my_account import data_export
from cms.audit.models import AuditEvent
from cms.enquiries import enquiries
from cms.enquiries.models import Enquiry, EnquiryReply
from cms.housekeeping import forget_old_enquiries
from cms.outbox.models import Mail
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/admin/cms/enquiry/"


def enquiry(**fields):
    return enquiries.take_in(**{"topic": "other", "message": "When is the museum open?"} | fields)


def address(one, view="change"):
    return f"{LIST}{one.pk}/{view}/"


def post(client, one, text="At ten.", seen=0, how="send", **kwargs):
    return client.post(address(one, "reply"), {"text": text, "seen": seen, "how": how}, **kwargs)


def test_the_queue_is_oldest_first_and_narrowed(browse):
    old, new, done = enquiry(), enquiry(topic="data"), enquiry(email="reader@example.org")
    Enquiry.objects.filter(pk=done.pk).update(closed_at=timezone.now())
    client = browse("moderator")

    def found(query=""):
        return [one.pk for one in client.get(f"{LIST}{query}").context["cl"].result_list]

    assert found() == [old.pk, new.pk, done.pk]
    assert found("?answered=no") == [old.pk, new.pk]
    assert found("?answered=yes") == [done.pk]
    assert found("?topic__exact=data") == [new.pk]
    assert found("?q=reader@example.org") == [done.pk]


def test_an_answer_goes_out_by_email_and_stands_beside_it(browse, cast):
    one = enquiry(message="<script>alert(1)</script>", email="reader@example.org")
    client = browse("moderator")

    page = post(client, one, follow=True).content.decode()

    one.refresh_from_db()
    written = one.replies.get()
    assert (written.text, written.is_sent, written.by) == ("At ten.", True, cast.moderator)
    assert one.closed_at is not None
    mail = Mail.objects.get()
    assert (mail.to, mail.about) == ("reader@example.org", f"cms.enquiry {one.pk}")
    assert "At ten." in mail.text
    assert "Moderator" not in mail.text
    assert "Mo Moderator" in page
    assert "&lt;script&gt;" in page
    line = AuditEvent.objects.get(action="enquiry_answered")
    assert (line.by, line.object_words) == (cast.moderator, f"Enquiry {one.pk}")
    assert "reader@" not in f"{line.old}{line.new}{line.note}"


def test_one_without_an_address_is_closed_with_a_note(browse):
    one, client = enquiry(), browse("moderator")

    assert "Send this answer" not in client.get(address(one)).content.decode()
    assert "left no address" in post(client, one).content.decode()
    assert post(client, one, "Mended it.", how="close").status_code == 302
    assert EnquiryReply.objects.get().is_sent is False
    assert not Mail.objects.exists()
    assert AuditEvent.objects.filter(action="enquiry_closed").count() == 1


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4001])
@pytest.mark.parametrize("how", ["send", "close"])
def test_an_answer_needs_words(browse, text, how):
    one = enquiry(email="reader@example.org")

    response = post(browse("moderator"), one, text, how=how)

    assert response.status_code == 200
    assert text.strip() in response.content.decode()
    assert not EnquiryReply.objects.exists()
    with pytest.raises(ValidationError):
        enquiries.reply(one, by=None, text=" ", seen=0, send=True)


def test_who_wrote_while_a_colleague_answered_keeps_their_words(browse):
    one, client = enquiry(email="reader@example.org"), browse("moderator")
    post(client, one, "First.")

    response = post(client, one, "Second.")

    html = response.content.decode()
    assert "a colleague replied while you wrote" in html
    assert "First." in html
    assert "Second." in html
    assert Mail.objects.count() == 1
    assert post(client, one, "Second.", seen=1).status_code == 302
    assert [reply.text for reply in one.replies.all()] == ["First.", "Second."]


@pytest.mark.parametrize("who", ["anyone", "stranger", "writer", "editor", "limited"])
def test_who_may_not_read_them_finds_none(browse, cast, who):
    one = enquiry(email="reader@example.org")
    if who == "limited":
        cast.moderator.is_limited = True
        cast.moderator.save()
    client = browse("moderator" if who == "limited" else who)

    for response in (client.get(LIST), client.get(address(one)), post(client, one)):
        assert response.status_code in (302, 403, 404)
    assert not EnquiryReply.objects.exists()
    assert "museum open" not in client.get("/admin/", follow=True).content.decode()


def test_nobody_changes_or_deletes_one(browse):
    one = enquiry()

    assert browse("administrator").post(address(one), {"message": "Mine"}).status_code == 405
    assert browse("administrator").post(address(one, "delete"), {"post": "yes"}).status_code == 404
    assert browse("administrator").get(f"{LIST}{2**70}/change/").status_code == 404
    assert Enquiry.objects.get().message == "When is the museum open?"


def test_the_first_page_of_the_admin_says_what_waits(browse):
    done, one = enquiry(email="reader@example.org"), enquiry()
    enquiries.reply(done, by=None, text="At ten.", seen=0, send=True)
    client = browse("moderator")

    need = next(need for need in client.get("/admin/").context["needs"] if need.title == "Questions to the site team")

    assert [waiting.words for waiting in need.things] == [f"Enquiry {one.pk}"]
    assert [count for _, count, _ in need.lists] == [1]
    assert client.get(need.lists[0][2]).context["cl"].result_count == 1
    assert client.get(need.things[0].address).status_code == 200


@pytest.mark.parametrize(
    ("came", "closed", "is_kept"),
    [(800, None, False), (700, None, True), (400, 366, False), (400, 364, True), (731, 1, False)],
)
def test_one_is_deleted_a_year_after_its_answer_with_all_that_was_written(came, closed, is_kept):
    now = timezone.now()
    one = enquiry(email="reader@example.org")
    if closed is not None:
        enquiries.reply(one, by=None, text="At ten.", seen=0, send=True)
    times = {"created_at": now - datetime.timedelta(days=came)}
    times["closed_at"] = None if closed is None else now - datetime.timedelta(days=closed)
    Enquiry.objects.filter(pk=one.pk).update(**times)

    forget_old_enquiries(timestamp=0)

    assert Enquiry.objects.exists() is is_kept
    assert is_kept or not (EnquiryReply.objects.exists() or Mail.objects.exists())
    assert AuditEvent.objects.filter(action="retention").exists() is not is_kept


def test_who_asked_finds_it_in_their_data_and_nobody_elses(cast):
    mine, other = enquiry(email="author@example.org"), enquiry(email="other@example.org", message="Other words")
    make.confirmed(cast.author)
    for one in (mine, other):
        enquiries.reply(one, by=cast.moderator, text=f"Answer {one.email}", seen=0, send=False)

    held = str(data_export.of(cast.author))

    assert "When is the museum open?" in held
    assert "Answer author@example.org" in held
    assert "Other words" not in held
    assert "other@example.org" not in held
    assert "Moderator" not in held
