"""Asking for links to one's stories: for everybody the same answer and the same work."""

import itertools
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.access_links.models import AccessToken
from cms.outbox.models import Mail
from cms.requests import spam_guard
from stories.models import LinkAsked
from stories.my_stories import mailed_links
from tests import make_stories as told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(spam_guard, "LEAST_SECONDS", -1)


READERS = itertools.count()


def ask(email, client=None, **more):
    client = client or Client()
    shown_at = re.search(r'name="shown_at" value="([^"]+)"', client.get("/my-stories/").content.decode())[1]
    browser = {"User-Agent": f"Reader {next(READERS)}"}
    return client.post("/my-stories/", {"email": email, "shown_at": shown_at} | more, headers=browser)


def test_one_mail_has_a_link_for_each_story(run_jobs, mailoutbox):
    stories = [told.story(email="tess@example.org", title="My secret") for _ in range(3)]
    told.story(email="somebody@example.org")
    told.story(email="tess@example.org", status="awaiting_address")
    told.story(email="tess@example.org", status="draft")

    response = ask("Tess@Example.org")
    run_jobs()

    assert (response.status_code, response.url) == (302, "/my-stories/link-sent/")
    mail = Mail.objects.get()
    text = mailoutbox[0].body
    found = re.findall(r"http://testserver(/my-stories/\w+/)\?key=(\S+)", text)
    assert {path for path, _ in found} == {f"/my-stories/{story.slug}/" for story in stories}
    assert (mail.to, mail.is_secret) == ("tess@example.org", True)
    assert mail.useless_at is not None
    assert "secret" not in mail.subject + text
    for path, key in found:
        assert Client().get(path, {"key": key}).status_code == 200


def test_an_unknown_address_gets_the_same_answer_and_no_mail(run_jobs):
    told.story(email="tess@example.org")
    told.story(email="waits@example.org", status="awaiting_address")
    answers, queries = [], []
    for email in ("tess@example.org", "nobody@example.org", "waits@example.org"):
        client = Client()
        client.get("/my-stories/")
        with CaptureQueriesContext(connection) as asked:
            response = ask(email, client)
        answers.append((response.status_code, response.url, dict(response.cookies)))
        queries.append(
            [re.sub(r"'[^']*'|\d+", "…", query["sql"]) for query in asked if "SAVEPOINT" not in query["sql"]]
        )

    assert answers[0] == answers[1] == answers[2]
    assert queries[0] == queries[1] == queries[2]
    run_jobs()
    assert [mail.to for mail in Mail.objects.all()] == ["tess@example.org"]
    assert not LinkAsked.objects.exists()


def test_a_job_that_runs_twice_mails_once(run_jobs):
    told.story(email="tess@example.org")
    ask("tess@example.org")
    asked = LinkAsked.objects.get()

    mailed_links.send(asked.pk)
    mailed_links.send(asked.pk)

    assert Mail.objects.count() == 1


def test_an_address_gets_three_a_day_and_nobody_is_told(run_jobs):
    told.story(email="tess@example.org")

    answers = {ask("tess@example.org").url for _ in range(5)}
    run_jobs()

    assert answers == {"/my-stories/link-sent/"}
    assert Mail.objects.count() == 3


def test_a_network_asks_only_so_often_in_a_day(run_jobs, monkeypatch):
    monkeypatch.setattr(mailed_links, "MOST_OF_A_NETWORK", 3)
    for number in range(3):
        assert ask(f"person{number}@example.org").status_code == 302

    response = ask("one.more@example.org")

    assert response.status_code == 200
    assert "from your network today" in response.content.decode()
    assert "one.more@example.org" in response.content.decode()


def test_a_machine_is_thanked_and_nothing_happens(run_jobs):
    told.story(email="tess@example.org")

    assert ask("tess@example.org", more="x").status_code == 302
    assert not LinkAsked.objects.exists()


@pytest.mark.parametrize("typed", ["", "nonsense", "a@b", "x" * 300 + "@example.org", "nul\0@example.org"])
def test_what_is_no_address_is_answered_with_a_sentence(typed):
    response = ask(typed)

    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()


def test_of_one_story_the_mail_goes_with_it(run_jobs):
    story = told.story(email="tess@example.org")
    ask("tess@example.org")
    run_jobs()

    assert Mail.objects.get().about == f"stories.story {story.pk}"
    assert AccessToken.objects.get().email == "tess@example.org"


def test_an_ended_link_offers_a_new_one():
    page = Client().get("/my-stories/nothing1/?key=old")

    assert page.status_code == 404
    assert 'action="/my-stories/"' in page.content.decode()
