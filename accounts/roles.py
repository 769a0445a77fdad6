"""The four groups of staff, and how each app's migration gives them rights over what it brings.

    Writer          writes drafts, and proposes changes of what is public; somebody else publishes them
    Editor          writes, publishes and schedules everything the public reads
    Moderator       reads all of it; judges what residents send (rights come with the app that takes it in)
    Administrator   all of that, and people, groups and deletion

An administrator may change a group in the admin afterwards; a migration never takes anything away again.
"""

from django.contrib.auth.management import create_permissions

WRITER = "Writer"
EDITOR = "Editor"
MODERATOR = "Moderator"
ADMINISTRATOR = "Administrator"


def grant(apps, group: str, app_label: str, rights: dict[str, str]) -> None:
    """Gives the group rights, such as {"programme": "view change"}, over models of one app.

    For migrations: `apps` is the state of the models then. Permissions are made first, since Django makes them only
    after the last migration.
    """
    config = apps.get_app_config(app_label)
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    codenames = [f"{action}_{model}" for model, actions in rights.items() for action in actions.split()]
    found = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label=app_label, codename__in=codenames
    )
    missing = set(codenames) - {permission.codename for permission in found}
    if missing:
        raise LookupError(f"no such permission in {app_label}: {', '.join(sorted(missing))}")
    apps.get_model("auth", "Group").objects.get_or_create(name=group)[0].permissions.add(*found)


def extend(apps, app_label: str, models: str, *, having: str, gets: str) -> None:
    """Whoever may do the one to a model may from now on do the other: for migrations that split a right in two."""
    config = apps.get_app_config(app_label)
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    rights = apps.get_model("auth", "Permission").objects.filter(content_type__app_label=app_label)
    for model in models.split():
        right = rights.get(codename=f"{gets}_{model}")
        for group in apps.get_model("auth", "Group").objects.filter(permissions__codename=f"{having}_{model}"):
            group.permissions.add(right)
        for person in apps.get_model("accounts", "User").objects.filter(user_permissions__codename=f"{having}_{model}"):
            person.user_permissions.add(right)
