"""A preview link: somebody without an account looks, and answers."""

import datetime
import itertools
import re

import pytest
from django.test import Client
from django.utils import timezone

from cms.audit.models import AuditEvent
from cms.media import preview_access
from cms.outbox.models import Mail
from cms.revisions import preview_links, workflow
from cms.revisions.models import Answer, PreviewLink
from tests import make
from tests.cms.backoffice.publishable.test_proposals_mixin import page_of
from tests.programmes.test_admin import address


@pytest.fixture
def programme(db):
    return make.programme(title="Reading", body="<p>Children read.</p>", running="3-finished", summary="Old words.")


@pytest.fixture
def proposal(cast, programme):
    return make.proposal(programme, by=cast.editor, summary="New words.")


@pytest.fixture
def key(cast, programme, proposal):
    return preview_links.make(programme, proposal=proposal, for_whom="Anna at the museum", by=cast.editor)[0]


def look(key, page="/preview/"):
    return Client().get(page, {"key": key})


READERS = itertools.count()


def reply(key, **sent):
    link = preview_links.find(key)
    shown_at = preview_links.shown_at(link).isoformat() if link else ""
    given = {"name": "Anna", "verdict": "approve", "comment": "", "shown_at": shown_at}
    browser = {"User-Agent": f"Reader {next(READERS)}"}
    return Client(enforce_csrf_checks=True).post(f"/preview/?key={key}", given | sent, headers=browser)


def test_whoever_has_the_link_sees_the_page_as_it_would_be(client, programme, key):
    assert "New words." in look(key, "/preview/page/").content.decode()
    outside = look(key).content.decode()
    assert "Please look at “Reading”" in outside
    assert "[added: </span>New" in outside
    assert "New words." not in client.get(programme.get_absolute_url()).content.decode()


@pytest.mark.parametrize("page", ["/preview/", "/preview/page/"])
def test_nobody_keeps_or_finds_it_and_no_cookie_is_set(key, page):
    response = look(key, page)

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert not response.cookies


def test_only_the_hash_of_the_key_is_kept(key):
    link = PreviewLink.objects.get()

    assert key not in "".join(str(value) for value in vars(link).values())
    assert len(key) >= 22
    assert not any(key in str(line.new) + line.note for line in AuditEvent.objects.all())


@pytest.mark.parametrize("page", ["/preview/", "/preview/page/"])
@pytest.mark.parametrize("wrong", ["", "abc", "x" * 3000, "\0", "é"])
def test_a_wrong_key_opens_nothing(key, page, wrong):
    assert look(wrong, page).status_code == 404


def test_without_a_key_there_is_nothing(db):
    assert Client().get("/preview/").status_code == 404


def ended(link):
    PreviewLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() - datetime.timedelta(seconds=1))


def revoked(link):
    preview_links.revoke(link, by=link.by)


@pytest.mark.parametrize("end", [ended, revoked])
def test_a_link_that_has_ended_opens_nothing_and_takes_no_answer(key, end):
    end(PreviewLink.objects.get())

    assert look(key).status_code == 404
    assert "This link does not open any more" in look(key).content.decode()
    assert look(key, "/preview/page/").status_code == 404
    assert reply(key).status_code == 404
    assert not Answer.objects.exists()


def test_an_answer_is_kept_mailed_and_recorded(cast, programme, proposal, key):
    response = reply(key, verdict="change", comment="It is 2019, not 2018.")

    given = Answer.objects.get()
    mail = Mail.objects.get()
    line = AuditEvent.objects.get(action="change_asked")
    assert response.status_code == 302
    assert (given.name, given.verdict, given.shown_at) == ("Anna", "change", proposal.modified_at)
    assert mail.to == cast.editor.email
    assert "It is 2019, not 2018." in mail.text
    assert page_of(proposal) in mail.text
    assert (line.by, line.by_words, line.note) == (None, "by a link for Anna at the museum", "")
    assert "Thank you" in Client().get(response.url).content.decode()


def test_the_editor_reads_it_beside_the_change(browse, proposal, key):
    reply(key, verdict="change", comment="It is 2019, <b>not</b> 2018.")

    page = browse("editor").get(page_of(proposal)).content.decode()

    assert "It is 2019, &lt;b&gt;not&lt;/b&gt; 2018." in page
    assert "Please change something" in page
    assert "It was changed after that." not in page
    proposal.save()
    assert "It was changed after that." in browse("editor").get(page_of(proposal)).content.decode()


def test_agreeing_is_a_sign_off(key):
    reply(key)

    assert AuditEvent.objects.filter(action="signed_off").count() == 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 500}, "room for 120"),
        ({"verdict": ""}, "This field is required."),
        ({"verdict": "publish"}, "Select a valid choice"),
        ({"verdict": "change", "comment": "  "}, "Say what should change."),
        ({"comment": "x" * 6000}, "room for 5000"),
    ],
)
def test_an_answer_that_does_not_do_keeps_what_was_typed(key, sent, words):
    response = reply(key, **{"comment": "My words"} | sent)

    page = response.content.decode()
    assert response.status_code == 200
    assert words in page
    assert sent.get("comment", "My words").strip()[:20] in page
    assert not Answer.objects.exists()


def test_one_link_takes_so_many_answers_and_no_more(monkeypatch, key):
    monkeypatch.setattr(preview_links, "MOST_ANSWERS", 2)

    for _ in range(4):
        reply(key)

    assert Answer.objects.count() == 2


def test_looking_changes_nothing(programme, proposal, key):
    before = proposal.modified_at

    look(key, "/preview/page/")
    Client().head("/preview/", {"key": key})

    proposal.refresh_from_db()
    programme.refresh_from_db()
    assert (proposal.modified_at, programme.summary) == (before, "Old words.")
    assert programme.history.count() == 1


# Staff's side.


def test_staff_make_a_link_and_see_it_once(browse, proposal):
    client = browse("editor")

    made = client.post(page_of(proposal, "share"), {"for_whom": "Anna", "days": "7"}).content.decode()

    key = re.search(r"/preview/\?key=([\w-]+)", made)[1]
    assert look(key).status_code == 200
    assert key not in client.get(page_of(proposal, "share")).content.decode()
    assert "Anna" in client.get(page_of(proposal, "share")).content.decode()
    link = PreviewLink.objects.get()
    assert datetime.timedelta(days=6.9) < link.expires_at - timezone.now() < datetime.timedelta(days=7.1)


@pytest.mark.parametrize(
    "sent", [{"for_whom": "", "days": "7"}, {"for_whom": "A", "days": "0"}, {"for_whom": "A", "days": "999"}]
)
def test_a_link_for_nobody_or_for_ever_is_not_made(browse, proposal, sent):
    assert browse("editor").post(page_of(proposal, "share"), sent).status_code == 200
    assert not PreviewLink.objects.exists()


def test_staff_end_a_link(browse, proposal, key):
    link = PreviewLink.objects.get()

    browse("administrator").post(page_of(proposal, "share"), {"revoke": link.pk})

    assert look(key).status_code == 404
    assert AuditEvent.objects.get(action="revoked").by.name == "Addy Administrator"


@pytest.mark.parametrize("wrong", ["abc", "999999", "99999999999999999999999"])
def test_a_link_that_is_none_cannot_be_ended(browse, proposal, key, wrong):
    assert browse("editor").post(page_of(proposal, "share"), {"revoke": wrong}).status_code == 404


def test_a_link_to_another_thing_is_not_ended_here(browse, cast, proposal):
    other = make.programme()
    preview_links.make(other, for_whom="Anna", by=cast.editor)

    assert (
        browse("editor").post(page_of(proposal, "share"), {"revoke": PreviewLink.objects.get().pk}).status_code == 404
    )


@pytest.mark.parametrize(
    ("who", "status"), [("anyone", 403), ("stranger", 403), ("moderator", 403), ("writer", 200), ("editor", 200)]
)
def test_who_may_share_a_draft(browse, who, status):
    draft = make.programme(status="draft")

    response = browse(who).post(address(draft, "share"), {"for_whom": "Anna", "days": "7"})

    assert response.status_code == status
    assert PreviewLink.objects.exists() == (status == 200)


def test_a_shared_draft_is_shown_as_it_is_saved(browse, cast):
    draft = make.programme(status="draft", title="Not yet")
    key, _ = preview_links.make(draft, for_whom="Anna", by=cast.editor)

    assert "<h1>Not yet</h1>" in look(key, "/preview/page/").content.decode()
    reply(key, verdict="change", comment="More, please")
    assert "More, please" in browse("editor").get(address(draft, "share")).content.decode()


def test_a_link_to_what_was_deleted_opens_nothing(cast):
    draft = make.programme(status="draft")
    key, _ = preview_links.make(draft, for_whom="Anna", by=cast.editor)
    draft.delete()

    assert look(key).status_code == 404
    assert look(key, "/preview/page/").status_code == 404


def test_a_key_opens_the_pictures_of_its_page_and_no_others(cast):
    shown, other = make.image(), make.image()
    draft = make.programme(status="draft")
    make.programme_picture(programme=draft, image=shown)
    key, link = preview_links.make(draft, for_whom="Anna", by=cast.editor)

    assert preview_access.is_shown_by(key, shown)
    assert not preview_access.is_shown_by(key, other)
    assert not preview_access.is_shown_by("abc", shown)
    preview_links.revoke(link, by=cast.editor)
    assert not preview_access.is_shown_by(key, shown)


def test_a_key_opens_the_pictures_a_proposal_would_bring(cast, programme):
    coming = make.image()
    row = {"id": "", "image": str(coming.pk), "alternative_text": "Two children read", "is_decorative": False}
    proposal = make.proposal(programme, by=cast.editor, rows={"pictures": [row]})
    key, _ = preview_links.make(programme, proposal=proposal, for_whom="Anna", by=cast.editor)

    assert preview_access.is_shown_by(key, coming)


def test_somebody_outside_reads_nothing_that_is_for_staff_only(cast, programme):
    hidden = make.programme(status="draft", title="Hidden plan")
    nameless = make.staff("Editor", email="nobody@example.org")
    proposal = make.proposal(
        programme, by=nameless, summary="New words.", owner=str(cast.administrator.pk), led_to=[str(hidden.pk)]
    )
    key, _ = preview_links.make(programme, proposal=proposal, for_whom="Anna", by=nameless)

    page = look(key).content.decode()

    assert "New" in page
    for secret in ("Addy Administrator", "Hidden plan", "nobody@example.org"):
        assert secret not in page


def test_an_answer_is_about_the_version_that_was_seen(proposal, key):
    seen = preview_links.shown_at(preview_links.find(key)).isoformat()
    proposal.values["fields"]["summary"] = "Version two."
    proposal.save()

    response = reply(key, shown_at=seen, comment="All fine")

    page = response.content.decode()
    assert "The page was changed while you were looking." in page
    assert "All fine" in page
    assert not Answer.objects.exists()
    again = re.search(r'name="shown_at" value="([^"]+)"', page)[1]
    assert reply(key, shown_at=again).status_code == 302


@pytest.mark.parametrize("step", ["refuse", "take_back", "publish"])
def test_a_link_ends_with_the_decision_about_its_change(cast, proposal, key, step):
    workflow.take("send", proposal, by=cast.editor)

    workflow.take(step, proposal, by=cast.editor, note="Not true")

    assert look(key).status_code == 404
    assert look(key, "/preview/page/").status_code == 404


def test_the_page_shows_its_lists_when_whoever_wrote_them_has_left(cast, programme):
    rows = {"steps": [{"id": "", "when": "2019", "what": "It began here", "order": "1"}]}
    proposal = make.proposal(programme, by=cast.writer, rows=rows)
    key, _ = preview_links.make(programme, proposal=proposal, for_whom="Anna", by=cast.editor)
    cast.writer.is_active = False
    cast.writer.save()

    assert "It began here" in look(key, "/preview/page/").content.decode()
