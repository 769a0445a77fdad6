"""Staff write the next wording of consent beside the one in use, and put it to use."""

import pytest
from django.urls import reverse

from cms.outbox.models import Mail
from stories.models import ConsentVersion
from tests import make_stories as told

pytestmark = pytest.mark.django_db

ADD = "/admin/stories/consentversion/add/"


def draft(browse):
    browse("administrator").post(ADD)
    return ConsentVersion.objects.get(number=2)


def change(wording):
    return reverse("admin:stories_consentversion_change", args=[wording.pk])


def use(wording):
    return reverse("admin:stories_consentversion_use", args=[wording.pk])


def typed(wording, **changes):
    data = {"licence": wording.licence, "licence_for_children": wording.licence_for_children}
    data |= {"lines-TOTAL_FORMS": "5", "lines-INITIAL_FORMS": "5"}
    for number, line in enumerate(wording.lines.all()):
        data |= {f"lines-{number}-id": line.pk, f"lines-{number}-wording": wording.pk}
        for name in ("words", "hint", "words_for_children", "hint_for_children"):
            data[f"lines-{number}-{name}"] = getattr(line, name)
    return data | changes


def test_to_open_the_page_begins_nothing(browse):
    assert browse("administrator").get(ADD).status_code == 200
    assert ConsentVersion.objects.count() == 1


def test_the_next_version_is_written_as_a_copy(browse):
    client = browse("administrator")

    response = client.post(ADD, follow=True)

    page = response.content.decode()
    assert "Version 2" in page
    assert "Let newspapers and broadcasters use it" in page
    assert "Put to use" in page


def test_it_can_be_changed_until_it_is_in_use(browse):
    wording = draft(browse)

    response = browse("administrator").post(
        change(wording), typed(wording, **{"lines-1-words": "Let the radio tell it", "licence": "It is yours."})
    )

    assert response.status_code == 302
    wording.refresh_from_db()
    assert wording.licence == "It is yours."
    assert wording.lines.get(purpose="press").words == "Let the radio tell it"


def test_one_in_use_cannot_be_changed(browse):
    current = ConsentVersion.objects.current()
    client = browse("administrator")

    page = client.get(change(current)).content.decode()
    response = client.post(change(current), typed(current, licence="We own it now."))

    assert response.status_code == 403
    assert 'name="licence"' not in page
    assert 'name="lines-0-words"' not in page
    current.refresh_from_db()
    assert "We own it" not in current.licence


def test_none_can_be_deleted(browse):
    wording = draft(browse)

    assert browse("administrator").post(f"/admin/stories/consentversion/{wording.pk}/delete/").status_code == 403


def test_it_is_put_to_use_and_tellers_are_asked(browse, run_jobs):
    told.story()
    wording = draft(browse)

    response = browse("administrator").post(use(wording), {"meaning": "other", "what_changed": "The radio, too."})
    run_jobs()

    assert response.status_code == 302
    assert ConsentVersion.objects.current() == wording
    assert Mail.objects.count() == 1


def test_it_asks_whether_it_means_something_else(browse):
    wording = draft(browse)
    client = browse("administrator")

    for data in ({}, {"meaning": "perhaps"}, {"meaning": "other"}, {"meaning": "other", "what_changed": "\0"}):
        page = client.post(use(wording), data)
        assert page.status_code == 200
        assert "Nothing is done yet" in page.content.decode()
    assert ConsentVersion.objects.current().number == 1


def test_clearer_words_ask_nobody(browse, run_jobs):
    told.story()
    wording = draft(browse)

    browse("administrator").post(use(wording), {"meaning": "same"})
    run_jobs()

    assert ConsentVersion.objects.current() == wording
    assert not Mail.objects.exists()


def test_a_second_click_does_nothing(browse):
    wording = draft(browse)
    client = browse("administrator")
    client.post(use(wording), {"meaning": "same"})

    response = client.post(use(wording), {"meaning": "other", "what_changed": "Again"}, follow=True)

    assert "is in use already" in response.content.decode()
    wording.refresh_from_db()
    assert wording.what_changed == ""


@pytest.mark.parametrize("who", ["writer", "editor", "moderator", "stranger", "anyone"])
def test_nobody_else_begins_changes_or_uses_one(browse, who):
    wording = draft(browse)
    client = browse(who)

    for address, data in ((ADD, {}), (change(wording), typed(wording)), (use(wording), {"meaning": "same"})):
        assert client.post(address, data).status_code in (302, 403, 404)
    assert client.get(use(wording)).status_code in (302, 403, 404)
    assert ConsentVersion.objects.current().number == 1
    assert ConsentVersion.objects.count() == 2


@pytest.mark.parametrize(("who", "status"), [("editor", 200), ("moderator", 200), ("writer", 403)])
def test_who_may_look_at_them(browse, who, status):
    client = browse(who)

    assert client.get("/admin/stories/consentversion/").status_code == status
    assert client.get(change(ConsentVersion.objects.current())).status_code == status


def test_it_shows_again_who_one_is_before_it_mails_everybody(browse, cast):
    wording = draft(browse)
    cast.administrator.comes_without = True

    response = browse("administrator").get(use(wording))

    assert response.status_code == 302


def test_one_that_is_not_there(browse):
    assert browse("administrator").get("/admin/stories/consentversion/999999999999999999999/use/").status_code == 404
