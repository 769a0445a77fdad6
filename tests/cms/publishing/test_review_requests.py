import datetime

import pytest
from django.utils import timezone

from cms.publishing import review_requests
from cms.publishing.models import ReviewRequest
from cms.revisions import assurance, kinds
from cms.revisions.actors import System
from tests import make


def programme():
    return make.programme(body="<p>Words.</p>", running="3-finished")


KINDS = [programme, make.partner, make.page, make.theme, make.priority_area, make.ward]


@pytest.mark.parametrize("build", KINDS)
def test_staff_who_confirm_are_who_assures(cast, build):
    thing = build()
    assert (thing.assured_date, thing.assurer) == (None, "")

    assurance.confirm(thing, actor=cast.administrator, checker="council")

    thing = type(thing).objects.get(pk=thing.pk)
    assert (thing.assured_date, thing.assurer) == (timezone.localdate(), "The council")


@pytest.mark.parametrize("build", KINDS)
def test_a_partner_who_confirms_is_who_assures_even_on_the_day_staff_did(cast, build):
    thing = build()
    assurance.confirm(thing, actor=cast.administrator, checker="council")

    by_link = System("somebody with a link")
    assurance.confirm(type(thing).objects.get(pk=thing.pk), actor=by_link, checker="partner", by_words="Anna")

    assert type(thing).objects.get(pk=thing.pk).assurer == "The organisation itself"


def test_a_day_that_staff_type_by_hand_is_the_councils(browse, cast):
    partner = make.partner(checked_on="2025-01-01", checked_by="partner", owner=cast.editor)

    kinds.of(partner).change(partner, {"summary": "Other words."}, actor=cast.editor)
    assert type(partner).objects.get(pk=partner.pk).checked_by == "partner"
    kinds.of(partner).change(partner, {"checked_on": datetime.date(2025, 6, 1)}, actor=cast.editor)

    assert type(partner).objects.get(pk=partner.pk).checked_by == "council"


def test_an_asking_about_what_is_gone_is_closed(db):
    theme = make.theme(review_on=timezone.localdate())
    ReviewRequest.objects.create(thing=theme, review_on=theme.review_on)
    theme.delete()

    review_requests.close_overtaken()

    assert ReviewRequest.objects.get().answer == "overtaken"
