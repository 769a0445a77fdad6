"""What each group of staff may do, once the migrations have run. A new model adds a line here first."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from accounts.roles import ADMINISTRATOR, EDITOR, MODERATOR, WRITER, extend, grant
from tests import make

pytestmark = pytest.mark.django_db

NOTHING = ""
VIEW = "view"
WRITE = "view add change"
PUBLISH = "view add change publish"
ALL = "view add change delete"
EVERYTHING = "view add change delete publish"

# model: what a writer, an editor, a moderator and an administrator may do with it
RIGHTS = {
    "accounts.user": (NOTHING, NOTHING, NOTHING, WRITE),
    "auth.group": (NOTHING, NOTHING, NOTHING, WRITE),
    "city.page": (WRITE, PUBLISH, VIEW, EVERYTHING),
    "city.pagefigure": (ALL, ALL, VIEW, ALL),
    "city.pagepicture": (ALL, ALL, VIEW, ALL),
    "city.priorityarea": (VIEW, PUBLISH, VIEW, EVERYTHING),
    "city.source": (WRITE, WRITE, VIEW, ALL),
    "city.theme": (VIEW, PUBLISH, VIEW, EVERYTHING),
    "city.ward": (VIEW, PUBLISH, VIEW, EVERYTHING),
    "cms.auditevent": (NOTHING, NOTHING, NOTHING, "view export"),
    "cms.deadlink": (NOTHING, VIEW, VIEW, VIEW),
    "cms.enquiry": (NOTHING, NOTHING, "view answer", "view answer"),
    "cms.image": (WRITE, WRITE, VIEW, ALL),
    "cms.job": (NOTHING, NOTHING, NOTHING, "view retry"),
    "cms.mail": (NOTHING, NOTHING, NOTHING, "view retry"),
    "cms.movedaddress": (NOTHING, ALL, NOTHING, ALL),
    "cms.notice": (NOTHING, NOTHING, NOTHING, ALL),
    "cms.sitesettings": (NOTHING, NOTHING, NOTHING, "view change"),
    "cms.suggestion": (NOTHING, "view answer", "view answer", "view answer"),
    "news.newsitem": (WRITE, PUBLISH, VIEW, EVERYTHING),
    "news.newspicture": (ALL, ALL, VIEW, ALL),
    "partners.actinggrant": (NOTHING, NOTHING, NOTHING, NOTHING),
    "partners.formername": (ALL, ALL, VIEW, ALL),
    "partners.invitation": (NOTHING, "view add", VIEW, "view add"),
    "partners.joinrequest": (NOTHING, "view decide", VIEW, "view decide"),
    "partners.member": (NOTHING, "view change", VIEW, "view change"),
    "partners.partner": (WRITE, f"{PUBLISH} act_for end", VIEW, f"{EVERYTHING} act_for merge end"),
    "partners.personinrole": (ALL, ALL, VIEW, ALL),
    "programmes.audience": (VIEW, WRITE, VIEW, ALL),
    "programmes.funding": (ALL, ALL, VIEW, ALL),
    "programmes.goodpractice": (ALL, ALL, VIEW, ALL),
    "programmes.headlinefigure": (ALL, ALL, VIEW, ALL),
    "programmes.involvement": (ALL, ALL, VIEW, ALL),
    "programmes.period": (ALL, ALL, VIEW, ALL),
    "programmes.programme": (WRITE, PUBLISH, VIEW, EVERYTHING),
    "programmes.programmepicture": (ALL, ALL, VIEW, ALL),
    "programmes.step": (ALL, ALL, VIEW, ALL),
    "stories.call": (WRITE, PUBLISH, VIEW, EVERYTHING),
    "stories.callpicture": (ALL, ALL, VIEW, ALL),
    "stories.erasure": (NOTHING, NOTHING, VIEW, VIEW),
    "stories.question": (ALL, ALL, VIEW, ALL),
    "stories.report": (NOTHING, VIEW, "view decide", "view decide"),
    "stories.cannedreply": (NOTHING, NOTHING, ALL, ALL),
    "stories.story": (NOTHING, "view tell", "view moderate tell", "view moderate safeguard tell"),
    "stories.storypicture": (NOTHING, NOTHING, NOTHING, "override"),
    "stories.thread": (WRITE, PUBLISH, VIEW, EVERYTHING),
    "stories.consentversion": (NOTHING, VIEW, VIEW, "view add change publish"),
}
GROUPS = (WRITER, EDITOR, MODERATOR, ADMINISTRATOR)


@pytest.fixture
def apps_then():
    """The models as a migration sees them."""
    return MigrationLoader(connection).project_state().apps


def rights_of(group):
    found = Permission.objects.filter(group__name=group).select_related("content_type")
    return {f"{one.content_type.app_label}.{one.codename}" for one in found}


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_has_exactly_its_rights(group):
    column = GROUPS.index(group)

    expected = {
        f"{model.split('.')[0]}.{action}_{model.split('.')[1]}"
        for model, rights in RIGHTS.items()
        for action in rights[column].split()
    }

    assert rights_of(group) == expected


def test_there_are_four_groups():
    assert set(Group.objects.values_list("name", flat=True)) == set(GROUPS)


def test_everything_the_public_reads_has_its_line():
    ours = {
        model._meta.label_lower
        for app in ("city", "news", "partners", "programmes")
        for model in apps.get_app_config(app).get_models()
        if not model.__name__.startswith("Historical")
    }

    assert ours <= set(RIGHTS)


@pytest.mark.parametrize(
    ("role", "right", "may"),
    [
        ("Writer", "programmes.change_programme", True),
        ("Writer", "programmes.publish_programme", False),
        ("Writer", "city.change_theme", False),
        ("Editor", "programmes.change_programme", True),
        ("Editor", "programmes.publish_programme", True),
        ("Editor", "programmes.delete_programme", False),
        ("Editor", "partners.delete_partner", False),
        ("Editor", "city.delete_page", False),
        ("Editor", "cms.delete_image", False),
        ("Editor", "accounts.view_user", False),
        ("Editor", "accounts.change_user", False),
        ("Editor", "auth.change_group", False),
        ("Editor", "auth.change_permission", False),
        ("Editor", "programmes.delete_headlinefigure", True),
        ("Moderator", "programmes.view_programme", True),
        ("Moderator", "programmes.change_programme", False),
        ("Moderator", "accounts.view_user", False),
        ("Administrator", "programmes.delete_programme", True),
        ("Administrator", "accounts.change_user", True),
        ("Administrator", "accounts.delete_user", False),
        ("Administrator", "auth.delete_group", False),
    ],
)
def test_a_person_has_the_rights_of_the_group(role, right, may):
    assert make.staff(role).has_perm(right) is may


@pytest.mark.parametrize("group", GROUPS)
def test_nobody_touches_what_the_portal_keeps_for_itself(group):
    kept = (
        "historical",
        "seededrow",
        "cacheinvalidation",
        "scheduledchange",
        "permission",
        "session",
        "logentry",
        "contenttype",
    )

    assert not [right for right in rights_of(group) if any(word in right for word in kept)]


@pytest.mark.parametrize("group", GROUPS)
def test_a_right_is_lost_with_the_account(group):
    assert not make.staff(group, is_active=False).get_all_permissions()


def test_a_migration_takes_nothing_away_that_an_administrator_gave(apps_then):
    given = Permission.objects.get(codename="delete_programme")
    Group.objects.get(name=EDITOR).permissions.add(given)

    grant(apps_then, EDITOR, "programmes", {"programme": "view"})

    assert {"programmes.delete_programme", "programmes.change_programme"} <= rights_of(EDITOR)


def test_a_right_that_does_not_exist_stops_the_migration(apps_then):
    with pytest.raises(LookupError, match="no such permission in programmes: fly_programme, view_rocket"):
        grant(apps_then, EDITOR, "programmes", {"programme": "fly", "rocket": "view"})


def test_whoever_could_change_may_publish_from_then_on(apps_then):
    group, person = Group.objects.create(name="Helpers"), make.staff()
    change = Permission.objects.get(codename="change_theme")
    group.permissions.add(change)
    person.user_permissions.add(change)

    extend(apps_then, "city", "theme", having="change", gets="publish")

    assert "city.publish_theme" in rights_of("Helpers")
    assert person.has_perm("city.publish_theme")
    assert "city.publish_theme" not in rights_of(WRITER)
