import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission

from accounts.models import User
from accounts.permissions import rights_of
from cms.audit.models import AuditEvent
from tests import make

PASSWORD = "a long enough phrase of words"


def address(person, view="change"):
    return f"/admin/accounts/user/{person.pk}/{view}/"


def groups(*names):
    return [group.pk for group in Group.objects.filter(name__in=names)]


def as_form(person, **changes):
    sent = {"email": person.email, "name": person.name, "groups": [group.pk for group in person.groups.all()]}
    for name in ("is_active", "is_staff", "is_limited"):
        if getattr(person, name):
            sent[name] = "on"
    return {name: value for name, value in (sent | changes).items() if value is not None}


@pytest.fixture
def superuser(db):
    return User.objects.create_superuser("root@example.org", PASSWORD)


@pytest.mark.parametrize(
    ("who", "status"), [("anyone", 302), ("stranger", 302), ("moderator", 403), ("editor", 403), ("administrator", 200)]
)
@pytest.mark.parametrize("path", ["accounts/user/", "accounts/user/add/", "auth/group/", "auth/group/add/"])
def test_only_administrators_see_people_and_groups(browse, who, status, path):
    assert browse(who).get(f"/admin/{path}").status_code == status


@pytest.mark.parametrize("who", ["editor", "moderator"])
@pytest.mark.parametrize("view", ["change", "sign-out", "second-factor", "history", "delete"])
def test_others_cannot_touch_a_person(browse, cast, who, view):
    client = browse(who)

    assert client.get(address(cast.colleague, view)).status_code == 403
    assert client.post(address(cast.colleague, view), as_form(cast.colleague, name="Changed")).status_code == 403


def test_a_person_is_made_with_an_email_address(browse):
    sent = {"email": "New@Example.org", "name": "Nia New"}

    response = browse("administrator").post("/admin/accounts/user/add/", sent)

    person = User.objects.get(email="new@example.org")
    assert response.url == address(person)  # where to say what they may do
    assert not person.has_usable_password()
    assert not person.is_staff
    assert not person.is_superuser
    assert not person.groups.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "no address"}, "email"),
        ({"email": "EDITOR@example.org"}, "__all__"),
        ({"email": "a\0@example.org"}, "email"),
        ({"name": "x" * 5000}, "name"),
    ],
)
def test_a_wrong_new_person_is_an_error_of_the_field(browse, changes, field):
    sent = {"email": "new@example.org"} | changes

    response = browse("administrator").post("/admin/accounts/user/add/", sent)

    assert field in response.context["adminform"].form.errors
    assert not User.objects.filter(email__startswith="new").exists()


def test_an_administrator_gives_a_role(browse, cast):
    browse("administrator").post(address(cast.stranger), as_form(cast.stranger, is_staff="on", groups=groups("Editor")))

    cast.stranger.refresh_from_db()
    assert cast.stranger.is_staff
    assert [group.name for group in cast.stranger.groups.all()] == ["Editor"]


def test_nobody_sets_a_password_for_somebody_else(browse, cast):
    for view in ("password", "password/change"):
        browse("administrator").post(address(cast.editor, view), {"password1": PASSWORD, "password2": PASSWORD})

    cast.editor.refresh_from_db()
    assert cast.editor.check_password("correct horse battery")


def test_an_administrator_makes_no_superuser(browse, cast):
    administrator = browse("administrator")
    everything = list(Permission.objects.values_list("pk", flat=True))

    for person in (cast.stranger, cast.administrator):
        administrator.post(address(person), as_form(person, is_superuser="on", user_permissions=everything))

        person.refresh_from_db()
        assert not person.is_superuser
        assert not person.user_permissions.exists()


@pytest.mark.parametrize("view", ["change", "sign-out", "second-factor", "delete"])
def test_an_administrator_cannot_touch_a_superuser(browse, superuser, view):
    sent = as_form(superuser, email="mine@example.org", password1="mine " * 5, password2="mine " * 5, post="yes")

    assert browse("administrator").post(address(superuser, view), sent).status_code == 403

    superuser.refresh_from_db()
    assert superuser.email == "root@example.org"
    assert superuser.check_password(PASSWORD)


def test_a_superuser_may_make_another(client, superuser, cast):
    client.force_login(superuser)

    client.post(address(cast.administrator), as_form(cast.administrator, is_superuser="on"))

    cast.administrator.refresh_from_db()
    assert cast.administrator.is_superuser


@pytest.fixture
def clerk(db):
    """May change people, and nothing else."""
    person = make.staff(name="Cleo Clerk")
    person.user_permissions.set(
        Permission.objects.filter(
            codename__in=["view_user", "change_user", "add_user", "view_group", "change_group", "add_group"]
        )
    )
    return person


def test_nobody_puts_people_into_a_group_with_more_rights_than_they_have(client, clerk, cast):
    client.force_login(clerk)

    for person in (clerk, cast.stranger):
        response = client.post(address(person), as_form(person, groups=groups("Administrator")))

        assert "groups" in response.context["adminform"].form.errors
        assert not person.groups.exists()


@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("view", ["change", "sign-out", "second-factor"])
def test_nobody_takes_over_somebody_with_more_rights(client, clerk, cast, view, is_active):
    cast.administrator.is_active = is_active
    cast.administrator.save()
    client.force_login(clerk)

    assert (
        client.post(
            address(cast.administrator, view), as_form(cast.administrator, email="mine@example.org")
        ).status_code
        == 403
    )


def test_nobody_gives_a_group_rights_they_do_not_have(client, clerk):
    group = Group.objects.create(name="Clerks")
    clerk.groups.add(group)
    client.force_login(clerk)
    wanted = Permission.objects.get(codename="delete_programme").pk

    response = client.post(f"/admin/auth/group/{group.pk}/change/", {"name": "Clerks", "permissions": [wanted]})

    assert "permissions" in response.context["adminform"].form.errors
    assert not group.permissions.exists()


def test_rights_out_of_reach_stay_with_their_group(client, clerk):
    group = Group.objects.get(name="Editor")
    before = set(group.permissions.all())
    client.force_login(clerk)

    client.post(
        f"/admin/auth/group/{group.pk}/change/", {"permissions": [Permission.objects.get(codename="view_user").pk]}
    )

    assert set(group.permissions.all()) == before | {Permission.objects.get(codename="view_user")}


def test_the_portals_own_groups_keep_their_names(browse):
    group = Group.objects.get(name="Editor")

    browse("administrator").post(f"/admin/auth/group/{group.pk}/change/", {"name": "Renamed", "permissions": []})

    group.refresh_from_db()
    assert group.name == "Editor"


@pytest.mark.parametrize("keys", [["abc"], ["\0"], ["99999999999999999999"]])
def test_odd_keys_of_groups_and_rights_are_errors_of_the_field(browse, cast, keys):
    administrator = browse("administrator")
    group = Group.objects.create(name="Helpers")

    person = administrator.post(address(cast.stranger), as_form(cast.stranger, groups=keys))
    rights = administrator.post(f"/admin/auth/group/{group.pk}/change/", {"name": "Helpers", "permissions": keys})

    assert "groups" in person.context["adminform"].form.errors
    assert "permissions" in rights.context["adminform"].form.errors


@pytest.mark.parametrize("name", ["is_active", "is_staff"])
def test_nobody_shuts_themselves_out(browse, cast, name):
    response = browse("administrator").post(address(cast.administrator), as_form(cast.administrator, **{name: None}))

    assert name in response.context["adminform"].form.errors


def test_rights_are_those_of_groups_and_of_the_person(cast, clerk):
    assert len(rights_of(clerk)) == 6
    assert rights_of(cast.moderator) < rights_of(cast.administrator)
    assert rights_of(cast.stranger) == set()


# What the record says of it.


def recorded():
    return [(line.action, line.by, line.object_words, line.old, line.new) for line in AuditEvent.objects.order_by("pk")]


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ({"groups": ["Editor", "Writer"]}, {"groups": []}, {"groups": ["Editor", "Writer"]}),
        ({"is_staff": "on"}, {"May open the admin": False}, {"May open the admin": True}),
        ({"is_limited": "on"}, {"Only what they are given": False}, {"Only what they are given": True}),
        ({"is_active": None}, {"Active": True}, {"Active": False}),
    ],
)
def test_a_change_of_rights_is_written_down(browse, cast, changes, old, new):
    if "groups" in changes:
        changes = {"groups": groups(*changes["groups"])}

    browse("administrator").post(address(cast.stranger), as_form(cast.stranger, **changes))

    assert recorded() == [("role", cast.administrator, "Stan Stranger", old, new)]


def test_a_superuser_in_the_making_is_written_down(client, superuser, cast):
    client.force_login(superuser)

    client.post(address(cast.editor), as_form(cast.editor, is_superuser="on"))

    assert AuditEvent.objects.get().new == {"Superuser status": True}


@pytest.mark.parametrize("changes", [{"name": "Stanislaus"}, {"email": ""}, {"groups": ["abc"]}])
def test_what_changes_no_rights_is_not_written_down(browse, cast, changes):
    browse("administrator").post(address(cast.stranger), as_form(cast.stranger, **changes))

    assert recorded() == []


def test_rights_of_a_group_are_written_down(client, superuser):
    client.force_login(superuser)
    group = Group.objects.create(name="Helpers")
    view = Permission.objects.get(codename="view_programme")

    client.post(f"/admin/auth/group/{group.pk}/change/", {"name": "Helpers", "permissions": [view.pk]})

    assert recorded() == [("role", superuser, "Helpers", {"rights": []}, {"rights": ["look at: Programmes"]})]


# What somebody was given.


def test_a_persons_page_lists_what_they_were_given(browse, cast):
    for thing in (make.programme(title="Reading"), make.partner(name="The Hub")):
        thing.given_to.add(cast.stranger)
    make.page(title="Not theirs")

    page = browse("administrator").get(address(cast.stranger)).content.decode()

    assert ">Reading</a>" in page
    assert ">The Hub</a>" in page
    assert "Not theirs" not in page


def test_a_persons_page_costs_the_same_however_much_they_were_given(browse, cast, django_assert_max_num_queries):
    administrator = browse("administrator")
    for _ in range(10):
        make.programme().given_to.add(cast.stranger)
        make.partner().given_to.add(cast.stranger)

    with django_assert_max_num_queries(20):
        administrator.get(address(cast.stranger))


def given_to_field(client, thing):
    page = client.get(f"/admin/programmes/programme/{thing.pk}/change/")
    return page.context["adminform"].form.fields.get("given_to")


def test_who_may_change_people_gives_things_to_those_whose_rights_are_limited(browse):
    limited, _ = make.staff(is_limited=True), make.staff()

    field = given_to_field(browse("administrator"), make.programme())

    assert list(field.queryset) == [limited]


def test_an_editor_reads_whom_a_thing_is_given_to_and_cannot_change_it(browse):
    limited = make.staff("Writer", name="Wendy Writer", is_limited=True)
    programme = make.programme()
    programme.given_to.add(limited)
    editor = browse("editor")

    assert given_to_field(editor, programme) is None
    page = editor.get(f"/admin/programmes/programme/{programme.pk}/change/").content.decode()
    assert "Wendy Writer" in page


# Whose own rights are limited.


@pytest.fixture
def confined(client, db):
    person = make.staff("Administrator", name="Lima Limited", is_limited=True)
    client.force_login(person)
    return person


@pytest.mark.parametrize(
    "changes", [{"is_limited": None}, {"groups": ["Administrator", "Editor"]}, {"is_superuser": "on"}]
)
def test_who_is_limited_changes_their_name_and_not_their_rights(client, confined, changes):
    if "groups" in changes:
        changes = {"groups": groups(*changes["groups"])}

    client.post(address(confined), as_form(confined, name="Lima", **changes))

    confined.refresh_from_db()
    assert (confined.name, confined.is_limited, confined.is_superuser) == ("Lima", True, False)
    assert [group.name for group in confined.groups.all()] == ["Administrator"]
    assert recorded() == []


@pytest.mark.parametrize("is_limited", [True, False])
@pytest.mark.parametrize("view", ["change", "sign-out", "second-factor", "delete"])
def test_who_is_limited_changes_nobody_else(client, confined, is_limited, view):
    other = make.staff("Writer", is_limited=is_limited)
    sent = as_form(other, email="mine@example.org", password1=PASSWORD, password2=PASSWORD, post="yes")

    assert client.post(address(other, view), sent).status_code == 403

    other.refresh_from_db()
    assert other.email != "mine@example.org"
    assert not other.check_password(PASSWORD)


def test_who_is_limited_adds_nobody(client, confined):
    sent = {"email": "new@example.org", "name": "Nia New"}

    assert client.post("/admin/accounts/user/add/", sent).status_code == 403


def test_who_is_limited_gives_no_group_a_right(client, confined):
    group = Group.objects.create(name="Helpers")
    wanted = {"name": "Helpers two", "permissions": [Permission.objects.get(codename="view_programme").pk]}

    assert client.get(f"/admin/auth/group/{group.pk}/change/").status_code == 200
    for path in (f"{group.pk}/change/", f"{group.pk}/delete/", "add/"):
        assert client.post(f"/admin/auth/group/{path}", wanted | {"post": "yes"}).status_code == 403
    assert not group.permissions.exists()


def test_who_is_limited_reads_no_hidden_name_on_a_persons_page(client, confined):
    other = make.staff("Writer", is_limited=True)
    for title, status in (("Public", "published"), ("Hidden plan", "draft")):
        make.programme(title=title, status=status).given_to.add(other)

    page = client.get(address(other)).content.decode()

    assert ("Public" in page, "Hidden plan" in page) == (True, False)


LAST = "Nobody else may do everything"


def test_the_last_who_may_do_everything_keeps_that(client, superuser, cast):
    client.force_login(superuser)

    given_up = client.post(address(superuser), as_form(superuser)).content.decode()
    superuser.refresh_from_db()
    assert superuser.is_superuser
    assert LAST in given_up
    assert "Error" in given_up

    client.post(address(cast.administrator), as_form(cast.administrator, is_superuser="on"))
    client.post(address(superuser), as_form(superuser))
    superuser.refresh_from_db()
    assert not superuser.is_superuser


@pytest.mark.parametrize(("field", "kept"), [("is_superuser", {}), ("is_active", {"is_superuser": "on"})])
def test_not_even_another_takes_it_from_the_last(rf, superuser, cast, field, kept):
    """Two who take it from each other at once: the second finds nobody else left."""
    rf.user = cast.administrator
    rf.user.is_superuser = True  # when the page was asked for; it is not any more
    form = admin.site.get_model_admin(User).get_form(rf, superuser, change=True)
    sent = as_form(superuser, **kept) | ({"is_active": ""} if field == "is_active" else {})

    assert LAST in str(form(sent, instance=superuser).errors[field])


def test_who_is_shut_out_already_is_not_the_last(client, superuser):
    shut_out = make.user(is_superuser=True, is_active=False)
    client.force_login(superuser)

    client.post(address(shut_out), as_form(shut_out))

    shut_out.refresh_from_db()
    assert not shut_out.is_superuser


def test_a_person_is_not_called_by_an_address(browse, cast):
    administrator = browse("administrator")

    changed = administrator.post(address(cast.editor), as_form(cast.editor, name="Edie www.evil.example"))
    added = administrator.post("/admin/accounts/user/add/", {"email": "new@example.org", "name": "new@example.org"})

    assert "without an address" in changed.content.decode()
    assert "without an address" in added.content.decode()
    cast.editor.refresh_from_db()
    assert cast.editor.name == "Edie Editor"
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_group_without_the_way_into_the_admin_is_pointed_out(browse, cast):
    client = browse("administrator")

    without = client.post(address(cast.colleague), as_form(cast.colleague, groups=groups("Editor")), follow=True)

    assert "is in a group, but may not open the admin" in without.text
    with_it = as_form(cast.colleague, groups=groups("Editor"), is_staff="on")
    assert "but may not open the admin" not in client.post(address(cast.colleague), with_it, follow=True).text
