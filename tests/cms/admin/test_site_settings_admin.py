"""“About this site” in the admin: who may fill it in, and what is written down."""

import pytest

from cms.audit.models import AuditEvent
from cms.site_settings.models import NamedBody, SiteSettings
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db
PAGE = "/admin/cms/sitesettings/1/change/"
ROWS = {"bodies-TOTAL_FORMS": "0", "bodies-INITIAL_FORMS": "0"}
BODY = {
    "bodies-TOTAL_FORMS": "1",
    "bodies-INITIAL_FORMS": "0",
    "bodies-0-settings": "1",
    "bodies-0-name": "The Gazette",
    "bodies-0-use": "press",
    "bodies-0-told_how": "We email its picture desk.",
}


def about_this_site(**changes):
    """What its form sends when nothing else is set."""
    return ROWS | changes


def test_the_list_leads_to_the_one_form(browse):
    response = browse("administrator").get("/admin/cms/sitesettings/")

    assert response.headers["Location"] == PAGE
    assert browse("administrator").get(PAGE).status_code == 200


@pytest.mark.parametrize("who", ["writer", "editor", "moderator", "stranger", "anyone"])
def test_nobody_but_administrators_sees_or_changes_it(browse, who):
    client = browse(who)

    seen = client.get(PAGE)
    client.post(PAGE, about_this_site(contact_email="me@example.org"))

    assert seen.status_code in (302, 403)
    assert SiteSettings.load().contact_email == ""
    if who not in ("stranger", "anyone"):
        assert "About this site" not in client.get("/admin/").content.decode()


def test_who_hosts_the_standing_call_is_said_there_and_changed_with_the_call(browse):
    client = browse("administrator")
    assert "there is no standing call yet" in client.get(PAGE).content.decode()
    call = told.call(is_standing=True)
    assert "Who hosts The Derby Story: nobody is named yet" in client.get(PAGE).content.decode()

    call.host = make.partner(name="Museum of Making")
    call.save()

    page = client.get(PAGE).content.decode()
    assert "Who hosts The Derby Story: Museum of Making" in page
    assert f"/admin/stories/call/{call.pk}/change/" in page


def test_nobody_adds_or_deletes_one(browse):
    client = browse("administrator")

    assert client.get("/admin/cms/sitesettings/add/").status_code == 403
    assert client.post(PAGE.replace("change", "delete"), {"post": "yes"}).status_code == 403


def test_a_change_is_kept_in_history_and_record(browse, cast):
    sent = about_this_site(controller_name="Derby City Council", story_days="5", change_reason="Agreed on Monday")

    browse("administrator").post(PAGE, sent | BODY)

    saved = SiteSettings.load()
    line = AuditEvent.objects.get(action=AuditEvent.Action.SETTINGS)
    assert (saved.controller_name, saved.story_days) == ("Derby City Council", 5)
    assert NamedBody.objects.get().name == "The Gazette"
    assert saved.history.first().history_user == cast.administrator
    assert (line.by, line.note, line.old) == (cast.administrator, "Agreed on Monday", {})
    assert line.new == {
        "Who is responsible for people’s data": "Derby City Council",
        "A story": "5",
        "Who else may use a story": ["The Gazette: in the press. We email its picture desk."],
    }


def test_saving_it_as_it_is_writes_no_line(browse):
    browse("administrator").post(PAGE, about_this_site())

    assert not AuditEvent.objects.filter(action=AuditEvent.Action.SETTINGS).exists()


def test_what_is_wrong_is_said_in_plain_words_and_kept(browse):
    sent = about_this_site(contact_email="team at example", ico_registration="12", opening_hours="9am to 5pm")

    page = browse("administrator").post(PAGE, sent).content.decode()

    for words in ("Write the address like this", "such as Z1234567", "Write the number", "team at example"):
        assert words in page
    assert SiteSettings.load().opening_hours == ""


def test_whoever_saves_second_is_told(browse):
    client = browse("administrator")
    mark = client.get(PAGE).context["seen_mark"]
    SiteSettings.objects.update(contact_phone="01332 000000")

    page = client.post(PAGE, about_this_site(contact_email="team@example.org", _seen=mark)).content.decode()

    assert "Somebody else saved this" in page
    assert "team@example.org" in page
    assert SiteSettings.load().contact_email == ""


def test_its_history_shows_what_changed(browse):
    client = browse("administrator")
    client.post(PAGE, about_this_site(contact_email="old@example.org"))
    client.post(PAGE, about_this_site(contact_email="new@example.org"))

    told = client.get(PAGE.replace("change", "history")).content.decode()

    assert "old@example.org" in told
    assert "new@example.org" in told
