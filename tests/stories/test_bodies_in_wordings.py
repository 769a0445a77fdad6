"""Which bodies may use a story: named under About this site, and read by storytellers once a wording that names them is
in use; never silently, and never changed for those who have answered."""

from html import unescape

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from cms.audit.models import AuditEvent
from cms.site_settings.models import NamedBody
from stories.consent import consent, consent_versions
from stories.models import Consent, ConsentVersion
from tests import make_stories as told
from tests.stories.my_stories.test_consent_views import consent_page

pytestmark = pytest.mark.django_db
NAMED = "These may use it, and hear of it if you take it back: The Gazette. We email its picture desk."


def name(body="The Gazette", use="press", told_how="We email its picture desk."):
    return NamedBody.objects.create(settings_id=1, name=body, use=use, told_how=told_how)


def put_to_use(cast):
    person = cast.administrator
    return consent_versions.put_to_use(consent_versions.draft_of_next(by=person), by=person, is_material=False)


def press(wording):
    return wording.lines.get(purpose="press")


def use_page(wording):
    return reverse("admin:stories_consentversion_use", args=[wording.pk])


def test_what_came_with_the_software_names_nobody_who_was_not_asked():
    words = [
        hint for line in ConsentVersion.objects.current().lines.all() for hint in (line.hint, line.hint_for_children)
    ]

    assert not [hint for hint in words if "Telegraph" in hint or "Derby Museums" in hint]


def test_naming_a_body_changes_nothing_that_storytellers_read(cast):
    story = told.story(allowed=("press",))
    before = consent_page(story)

    name()

    assert "The Gazette" not in consent_page(story)
    assert consent_page(story).count("checked") == before.count("checked")
    assert consent_versions.lines_naming_others().get().purpose == "press"


def test_the_next_wording_names_it_and_the_words_are_kept_with_each_answer(cast):
    story = told.story(allowed=("press",))
    name()
    name("The Museum", "museum", "We write to it.")

    used = put_to_use(cast)
    consent.answer(story, ["press"], wording=used, by=Consent.By.TELLER, is_child=False)

    page = unescape(consent_page(story))
    assert NAMED in page
    assert "The Museum. We write to it." in page
    older, newer = Consent.objects.filter(purpose="press").order_by("pk")
    assert "The Gazette" not in older.words_shown
    assert NAMED in newer.words_shown
    assert not consent_versions.lines_naming_others().exists()


def test_children_and_papers_name_it_too(cast):
    name()
    used = put_to_use(cast)
    call = told.call()

    assert NAMED in press(used).shown(is_child=True)[1]
    assert NAMED in unescape(Client().get(reverse("stories:sheet", args=[call.slug])).content.decode())


@pytest.mark.parametrize(
    "change", [lambda: NamedBody.objects.all().delete(), lambda: name("Radio Derwent"), lambda: rename("The Post")]
)
def test_every_later_change_of_the_names_is_found(cast, change):
    name()
    used = put_to_use(cast)
    assert not consent_versions.lines_naming_others().exists()

    change()

    assert consent_versions.lines_naming_others().get() == press(used)
    assert NAMED in press(used).shown(is_child=False)[1]


def rename(other):
    body = NamedBody.objects.get()
    body.name = other
    body.save()


def test_what_a_wording_in_use_names_is_never_changed(cast):
    name()
    line = press(put_to_use(cast))
    line.bodies = "Somebody else."

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        line.save()


def test_names_that_changed_since_a_version_was_begun_are_read_again_before_it_is_used(cast, browse):
    draft = consent_versions.draft_of_next(by=cast.administrator)
    name()
    client = browse("administrator")

    first = client.post(use_page(draft), {"meaning": "same"}).content.decode()
    assert "Read it again, then put it to use" in first
    assert NAMED in unescape(client.get(use_page(draft)).content.decode())
    assert ConsentVersion.objects.current().number == 1
    client.post(use_page(draft), {"meaning": "same"})

    assert ConsentVersion.objects.current() == draft


# Approving what came with the software


def approve_page(wording):
    return reverse("admin:stories_consentversion_approve", args=[wording.pk])


def test_an_administrator_approves_it_once_and_the_record_says_so(browse, cast):
    wording, client = ConsentVersion.objects.current(), browse("administrator")
    change = reverse("admin:stories_consentversion_change", args=[wording.pk])
    assert "I have read it, and approve it" in client.get(change).content.decode()

    client.post(approve_page(wording))
    again = client.post(approve_page(wording), follow=True).content.decode()

    line = AuditEvent.objects.get(action=AuditEvent.Action.WORDING_OK)
    assert (line.by, line.new) == (cast.administrator, {"version": 1})
    assert "is approved already" in again
    assert "I have read it, and approve it" not in client.get(change).content.decode()
    assert not consent_versions.unapproved().exists()


@pytest.mark.parametrize("who", ["writer", "editor", "moderator", "stranger", "anyone"])
def test_nobody_else_approves_it(browse, who):
    wording, client = ConsentVersion.objects.current(), browse(who)

    assert client.post(approve_page(wording)).status_code in (302, 403)
    assert client.get(approve_page(wording)).status_code in (302, 403, 405)
    assert consent_versions.unapproved().get() == wording


def test_one_that_somebody_put_to_use_needs_no_more(cast):
    put_to_use(cast)

    assert not consent_versions.unapproved().exists()


def test_a_draft_is_not_approved(browse, cast):
    draft = consent_versions.draft_of_next(by=cast.administrator)

    browse("administrator").post(approve_page(draft))

    assert not AuditEvent.objects.filter(action=AuditEvent.Action.WORDING_OK).exists()
