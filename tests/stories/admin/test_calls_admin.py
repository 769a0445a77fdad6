"""The admin of calls and threads; what every admin of published things does is tested in tests/derbycity."""

import pytest

from stories.models import Call
from tests import make_stories as told

ROWS = ("questions", "pictures")

pytestmark = pytest.mark.django_db


def as_form(call, **changes):
    """What the form of a call sends, with these changes."""
    sent = {}
    for field in Call._meta.get_fields():
        if field.auto_created or not field.editable:
            continue
        value = field.value_from_object(call)
        if field.many_to_many:
            sent[field.name] = [thing.pk for thing in value]
        elif value not in (None, False):
            sent[field.name] = value
    for name in ROWS:
        sent |= {f"{name}-TOTAL_FORMS": 0, f"{name}-INITIAL_FORMS": 0}
    return sent | {"seen_at": call.modified_at.isoformat()} | changes


def questions(count):
    rows = {"questions-TOTAL_FORMS": str(count)}
    for number in range(count):
        rows |= {f"questions-{number}-words": f"What about {number}?", f"questions-{number}-order": str(number)}
    return rows


@pytest.mark.parametrize(("count", "is_taken"), [(5, True), (6, False)])
def test_a_call_asks_up_to_five_questions(browse, count, is_taken):
    call = told.call()
    client, address = browse("editor"), f"/admin/stories/call/{call.pk}/change/"

    response = client.post(address, as_form(call) | questions(count))

    assert (response.status_code == 302) == is_taken
    assert call.questions.count() == (count if is_taken else 0)
    if not is_taken:
        assert "up to 5 questions" in response.content.decode()


def test_the_form_leads_to_the_sheet_once_the_call_is_public(browse):
    public, draft = told.call(slug="open-now"), told.call(slug="not-yet", status="draft")
    client = browse("editor")

    assert "/stories/calls/open-now/sheet/" in client.get(f"/admin/stories/call/{public.pk}/change/").content.decode()
    assert "/sheet/" not in client.get(f"/admin/stories/call/{draft.pk}/change/").content.decode()


def test_the_last_day_is_not_before_the_first(browse):
    call = told.call()
    client, address = browse("editor"), f"/admin/stories/call/{call.pk}/change/"

    days = {"opens_on": "2027-03-02", "closes_on": "2027-03-01"}
    response = client.post(address, as_form(call) | days)

    assert "The last day must not be before the first" in response.content.decode()
    assert Call.objects.get().closes_on is None
