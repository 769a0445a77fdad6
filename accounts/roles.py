"""The three groups of staff, and how each app's migration gives them rights over what it brings.

    Editor          writes, publishes and schedules everything the public reads
    Moderator       reads all of it; judges what residents send (rights come with the app that takes it in)
    Administrator   all of that, and people, groups and deletion

An administrator may change a group in the admin afterwards; a migration never takes anything away again.
"""

from django.contrib.auth.management import create_permissions

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
