"""How soon somebody reads a story or answers a concern: said where it is promised, and nowhere else."""

import datetime

import pytest
from django.test import Client

from cms.outbox.models import Mail
from cms.site_settings.models import SiteSettings
from stories import emails
from stories.models import Report
from stories.my_stories import status_text
from stories.partner_desk import partner_stories as desk_standing
from stories.reports import deadlines
from stories.reports.forms import CategoryForm
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db
TIMES = [(None, ""), (1, " within 1 working day"), (7, " within 7 working days")]


def promise(**days):
    SiteSettings.objects.update(**days)


@pytest.mark.parametrize(("days", "soon"), TIMES)
def test_pages_say_how_soon_a_story_is_read_if_that_is_promised(days, soon):
    promise(story_days=days)
    partner = make.partner()
    story = told.story(status="submitted", partner=partner)

    assert f"Somebody of our team reads it{soon}, and writes to you." in Client().get("/tell/").content.decode()
    assert status_text.of(story).means == f"It waits to be read. Somebody reads it{soon}, and writes to you."
    assert desk_standing.row(story)["standing"].more == f"Somebody reads it{soon}."


@pytest.mark.parametrize(("days", "soon"), TIMES)
@pytest.mark.parametrize("step", ["send", "confirm_address", "guardian_agrees", "change_sent"])
def test_emails_say_so_too(days, soon, step, mailed):
    promise(story_days=days)

    text = mailed(step)

    assert f"{soon}, and writes to you" in text
    assert "{" not in text


@pytest.fixture
def mailed():
    def of(step):
        emails.tell(told.story(status="submitted"), step, "")
        return " ".join(Mail.objects.latest("pk").text.split())

    return of


def test_no_email_about_a_step_has_a_bracket_left(mailed):
    for step in emails.NEWS:
        assert "{" not in mailed(step)


@pytest.mark.parametrize(("days", "expected"), [(None, 5), (3, 3), (8, 8)])
def test_an_ordinary_concern_is_answered_when_the_site_says(days, expected):
    promise(concern_days=days)
    monday = datetime.datetime(2026, 11, 2, 12, tzinfo=datetime.UTC)

    said = dict(CategoryForm(has_pictures=True).fields["about"].choices)
    means = {option.data["value"]: words for option, words in CategoryForm(has_pictures=True).offered}

    for category in deadlines.ORDINARY:
        assert f"within {expected} working days" in means[category]
        assert category in said
        working = [monday.date() + datetime.timedelta(days=count) for count in range(1, 30)]
        working = [day for day in working if deadlines.is_working_day(day)]
        assert deadlines.due(category, monday).date() == working[expected - 1]


@pytest.mark.parametrize("category", [one for one in Report.Category if one not in deadlines.ORDINARY])
def test_where_somebody_is_at_risk_no_setting_makes_it_slower(category):
    promise(concern_days=20)

    assert deadlines.days_of(category) == deadlines.WORKING_DAYS[category] <= 2
