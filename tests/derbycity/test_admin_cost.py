"""Every list and every form of the admin, whatever it is about: at most twenty questions, however many rows.

Four kinds of page ask more, and never more with more rows: what goes with a deletion, the history of a thing with all
its lists, a change beside the page, which reads the thing’s form twice, and all of a story on one screen.
"""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.enquiries.models import Enquiry
from cms.outbox import mail
from cms.publishing.models import MovedAddress, Notice, Suggestion
from cms.quality.models import DeadLink
from stories.models import Erasure
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db
MOST = 20


def fill(cast):
    """Some of everything, each with some of what belongs to it."""
    for _ in range(5):
        source, partner, ward, theme = make.source(), make.partner(owner=make.user()), make.ward(), make.theme()
        partner.wards.add(ward)
        partner.sources.add(source)
        programme = make.programme(
            lead=partner, themes=[theme], wards=[ward], sources=[source], owner=make.user(), picture=make.image()
        )
        programme.given_to.add(make.staff("Editor", is_limited=True))
        make.news_item(
            said_by=partner, partners=[partner], programmes=[programme], sources=[source], picture=make.image()
        )
        make.figure(programme=programme, source=source)
        page = make.page()
        make.page_figure(page=page, source=source)
        make.priority_area()
        make.audience()
        make.member(partner)
        make.join_request()
        Suggestion.objects.create(thing=partner, title=str(partner), words="Other hours")
        Enquiry.objects.create(topic="other", message="When is the museum open?")
        make.proposal(programme, by=cast.editor, status="waiting")
        audit_log.write(AuditEvent.Action.PUBLISHED, programme, by=cast.editor)
        mail.send(to="somebody@example.org", subject="Hello", text="Words")
        MovedAddress.objects.create(old_path=f"/old-{programme.pk}/", new_path="/")
        MovedAddress.objects.create(old_path=f"/older-{programme.pk}/", thing=programme)
        address = f"https://example.org/{programme.pk}"
        DeadLink.objects.create(thing=programme, field="text", address=address, problem="404", is_certain=True)
        told.thread()
        story = told.story(status="submitted", call=told.call(), partner=partner)
        told.picture(story, people=[{"is_child": True}])
        told.report(story)
        Erasure.objects.create(story_id_then=story.pk, slug=story.slug, receipt=f"ERASE-{story.pk}", asked_by="teller")
        Notice.objects.create(text="Closed today", publish_at="2020-01-01T00:00Z", unpublish_at="2020-01-02T00:00Z")


def most(address):
    asks_more = {"/delete/": 30, "/history/": 30, "/cms/proposal/": 60}
    asks_more |= {"/stories/story/": 35}
    is_list = address in ("/admin/cms/proposal/", "/admin/stories/story/")
    return MOST if is_list else next((count for part, count in asks_more.items() if part in address), MOST)


def addresses():
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        row = model._default_manager.order_by("-pk").first()
        for view, key in (("add", []), ("change", [row.pk]), ("history", [row.pk]), ("delete", [row.pk])):
            try:
                yield reverse(f"{name}_{view}", args=key)
            except NoReverseMatch:
                continue


@pytest.mark.parametrize("who", ["administrator", "editor", "writer", "moderator"])
def test_no_list_and_no_form_asks_more_than_twenty_questions(browse, cast, who):
    fill(cast)
    client = browse(who)
    over, opened = [], 0
    for address in [*addresses(), "/admin/"]:
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            response = client.get(address)
        opened += response.status_code == 200
        if len(asked) > most(address):
            over.append((address, len(asked)))

    assert over == []
    assert opened > 15
