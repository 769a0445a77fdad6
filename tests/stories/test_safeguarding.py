"""People who look after safeguarding hear at once of everything held or hidden; the email holds no details."""

import pytest

from cms.outbox.models import Mail
from stories import safeguarding, workflow
from stories.models import Report
from stories.moderation import story_actions
from stories.photos import takedown
from stories.reports import file_report
from stories.workflow import Role
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db


def alerts():
    return list(Mail.objects.filter(subject=safeguarding.SUBJECT))


def hold_by_a_moderator(story, cast):
    story_actions.hold(story, by=cast.moderator, why="Words nobody should see")


def hold_by_the_portal(story, cast):
    workflow.take("hold", story, by=Role.PORTAL)


def report_a_child_at_risk(story, cast):
    file_report.take_in(
        story,
        picture=None,
        category="child",
        words="Words nobody should see",
        email="r@example.org",
        network="192.0.2.7",
    )


def hide_a_picture_by_itself(story, cast):
    takedown.hide(told.picture(story), by=Role.PORTAL, why="Words nobody should see")


@pytest.mark.parametrize(
    "hide", [hold_by_a_moderator, hold_by_the_portal, report_a_child_at_risk, hide_a_picture_by_itself]
)
def test_whatever_holds_or_hides_mails_whoever_looks_after_safeguarding_once(cast, hide):
    story = told.story(title="A title nobody should see")

    hide(story, cast)

    assert [alert.to for alert in alerts()] == [cast.administrator.email]
    assert "/admin/stories/" in alerts()[0].text
    assert not any(secret in alerts()[0].text for secret in ("nobody should see", "r@example.org", "Tess"))


def test_the_alert_leads_to_the_story_or_to_the_report_behind_it(cast):
    first, second = told.story(), told.story()

    workflow.take("hold", first, by=cast.moderator)
    report_a_child_at_risk(second, cast)

    pages = {alert.text.splitlines()[-1].removeprefix("http://testserver") for alert in alerts()}
    assert pages == {
        f"/admin/stories/story/{first.pk}/change/",
        f"/admin/stories/report/{Report.objects.get().pk}/change/",
    }


def test_whoever_holds_it_gets_no_mail_about_it_but_the_others_do(cast):
    other = make.staff("Administrator")

    workflow.take("hold", told.story(), by=cast.administrator)

    assert [alert.to for alert in alerts()] == [other.email]


def test_a_person_who_hides_a_picture_alarms_nobody(cast):
    takedown.hide(told.picture(told.story()), by=cast.moderator, why="Blurred")

    assert alerts() == []


def test_staff_who_are_gone_or_limited_do_not_look_after_safeguarding(cast):
    make.staff("Administrator", is_active=False)
    cast.administrator.is_limited = True
    cast.administrator.save()

    assert safeguarding.people() == []
