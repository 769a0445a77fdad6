import re
import smtplib
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.core.mail.backends import locmem
from django.db import transaction
from django.utils import timezone

from cms.outbox import mail
from cms.outbox.job_queue import Job
from cms.outbox.jobs import PAUSES, NotSent, send_mail
from cms.outbox.models import Mail
from cms.site_settings.models import SiteSettings

pytestmark = pytest.mark.django_db


def a_mail(**fields):
    return mail.send(**{"to": "ada@example.org", "subject": "Hello", "text": "Dear Ada,\n\nall is well."} | fields)


def test_a_mail_is_sent_by_a_job(run_jobs):
    written = a_mail()

    assert not outbox.outbox
    run_jobs()

    (sent,) = outbox.outbox
    written.refresh_from_db()
    assert (sent.to, sent.subject, sent.body) == (["ada@example.org"], "Hello", "Dear Ada,\n\nall is well.")
    assert sent.message()["Message-ID"] == written.message_id
    assert (written.state, written.problem) == (Mail.State.SENT, "")
    assert written.sent_at


def test_an_answer_to_a_mail_reaches_the_site_team_once_it_has_an_address(run_jobs):
    a_mail()
    run_jobs()
    SiteSettings(pk=1, contact_email="team@example.org").save()
    a_mail()
    run_jobs()

    without, with_one = outbox.outbox
    assert (without.reply_to, "Write to us" in str(without.message())) == ([], False)
    assert with_one.reply_to == ["team@example.org"]
    assert with_one.body.endswith("Write to us: team@example.org")
    assert 'href="mailto:team@example.org"' in with_one.alternatives[0].content


def test_a_mail_that_was_rolled_back_is_neither_kept_nor_sent(run_jobs):
    with transaction.atomic():
        a_mail()
        transaction.set_rollback(True)

    run_jobs()

    assert not Mail.objects.exists()
    assert not outbox.outbox


def test_a_mail_is_sent_once_even_if_its_job_runs_twice(run_jobs):
    written = a_mail()
    send_mail.defer(mail_id=written.pk)

    run_jobs()

    assert len(outbox.outbox) == 1


def test_a_job_whose_mail_is_gone_does_nothing(run_jobs):
    a_mail().delete()

    run_jobs()

    assert not outbox.outbox


REFUSALS = [
    (ConnectionRefusedError(111, "ada@example.org"), "The mail server could not be reached (ConnectionRefusedError)."),
    (smtplib.SMTPServerDisconnected("ada@example.org"), "could not be reached"),
    (smtplib.SMTPRecipientsRefused({"ada@example.org": (550, b"no ada@example.org")}), "refused the address (550)"),
    (smtplib.SMTPAuthenticationError(535, b"ada@example.org"), "refused our name or password (535)"),
    (smtplib.SMTPDataError(554, b"spam for ada@example.org"), "refused the mail (554)"),
]


@pytest.fixture
def refusing(monkeypatch):
    """A mail server that says the same each time; set to None it takes everything."""
    answer = {"error": ConnectionRefusedError(111, "no")}
    take = locmem.EmailBackend.send_messages

    def send_messages(self, messages):
        if answer["error"]:
            raise answer["error"]
        return take(self, messages)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", send_messages)
    return answer


@pytest.mark.parametrize(("error", "words"), REFUSALS)
def test_what_went_wrong_is_said_without_the_address(error, words, refusing, run_jobs, caplog):
    written = a_mail()
    refusing["error"] = error

    with pytest.raises(NotSent) as raised:
        run_jobs()

    written.refresh_from_db()
    assert words in written.problem
    assert written.state == Mail.State.WAITING
    assert "ada" not in written.problem + str(raised.value) + caplog.text


def test_a_mail_is_tried_less_and_less_often_and_then_given_up(refusing, run_jobs):
    written = a_mail()
    due, pauses = timezone.now(), []

    for _ in PAUSES:
        with pytest.raises(NotSent):
            run_jobs(at=due)
        later = Job.objects.get().scheduled_at
        pauses.append(round((later - timezone.now()).total_seconds() / 60))
        due = later
    written.refresh_from_db()
    assert written.state == Mail.State.WAITING
    with pytest.raises(NotSent):
        run_jobs(at=due)

    written.refresh_from_db()
    assert tuple(pauses) == PAUSES == tuple(sorted(PAUSES))
    assert written.state == Mail.State.FAILED
    assert Job.objects.get().status == Job.State.FAILED


def test_a_mail_server_that_comes_back_gets_the_mail_with_the_same_number(refusing, run_jobs):
    written = a_mail()
    with pytest.raises(NotSent):
        run_jobs()

    refusing["error"] = None
    run_jobs(at=timezone.now() + timedelta(minutes=2))

    written.refresh_from_db()
    assert [sent.message()["Message-ID"] for sent in outbox.outbox] == [written.message_id]
    assert (written.state, written.problem) == (Mail.State.SENT, "")


def test_a_mail_given_up_can_be_sent_after_all(run_jobs):
    written = a_mail()
    Job.objects.all().delete()
    Mail.objects.update(state=Mail.State.FAILED)

    mail.try_again(written)
    run_jobs()

    assert len(outbox.outbox) == 1


def test_a_job_holds_the_key_of_the_mail_and_nothing_personal():
    written = a_mail()

    assert Job.objects.get().args == {"mail_id": written.pk}


def test_a_subject_is_one_line_of_a_bearable_length():
    written = a_mail(subject="One\r\nBcc: eve@example.org" + "!" * 300)

    assert written.subject.startswith("One Bcc: eve@example.org!")
    assert len(written.subject) == 200


def test_html_is_made_of_the_text():
    html = mail.html_of("Hello", "Dear <Ada>,\n\nlook at https://example.org/a?b=1&c=2.\nBye")

    assert "<p>Dear &lt;Ada&gt;,</p>" in html
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="nofollow">' in html
    assert "</a>.<br>Bye</p>" in html
    assert not re.search("<img|<script|url\\(|@import", html)


def test_html_that_is_given_is_sent_as_it_is(run_jobs):
    a_mail(html="<p>Ours</p>")

    run_jobs()

    assert outbox.outbox[0].alternatives[0].content == "<p>Ours</p>"


# Mails with a code or a key.


def test_the_words_of_a_secret_are_gone_once_it_is_sent(run_jobs):
    written = a_mail(is_secret=True, text="Your code is 123456.")

    run_jobs()

    written.refresh_from_db()
    assert outbox.outbox[0].body == "Your code is 123456."
    assert (written.state, written.text, written.html) == (Mail.State.SENT, "", "")


def test_the_words_of_a_secret_stay_until_it_could_be_sent(run_jobs, refusing):
    written = a_mail(is_secret=True, text="Your code is 123456.")

    with pytest.raises(NotSent):
        run_jobs()

    written.refresh_from_db()
    assert written.text == "Your code is 123456."


def test_a_code_that_has_ended_is_not_sent_any_more(run_jobs):
    written = a_mail(is_secret=True, useless_at=timezone.now() - timedelta(seconds=1))

    run_jobs()

    written.refresh_from_db()
    assert outbox.outbox == []
    assert (written.state, written.text) == (Mail.State.FAILED, "")
    assert written.problem == "What it says had ended before it could be sent."


def test_no_administrator_reads_a_code_or_sends_an_emptied_mail(browse, run_jobs):
    waiting = a_mail(is_secret=True, text="Your code is 123456.")
    ended = a_mail(is_secret=True, useless_at=timezone.now() - timedelta(seconds=1))
    administrator = browse("administrator")

    page = administrator.get(f"/admin/cms/mail/{waiting.pk}/change/").content.decode()
    run_jobs()
    emptied = administrator.get(f"/admin/cms/mail/{ended.pk}/change/").content.decode()

    assert "123456" not in page
    assert "shown to nobody but its reader" in page
    assert "Try again" not in emptied


@pytest.mark.parametrize(("minutes", "may"), [(-1, False), (1, True)])
def test_what_has_ended_is_not_tried_again(browse, minutes, may):
    written = a_mail(is_secret=True, useless_at=timezone.now() + timedelta(minutes=minutes))
    Mail.objects.filter(pk=written.pk).update(state=Mail.State.FAILED)
    administrator, address = browse("administrator"), f"/admin/cms/mail/{written.pk}/"

    page = administrator.get(f"{address}change/").content.decode()
    administrator.post(f"{address}again/")

    written.refresh_from_db()
    assert ("Try again" in page) is may
    assert (written.state == Mail.State.WAITING) is may
