"""What is still missing before the portal is opened to the public, or went missing since.

Each app registers its own checks in its `readiness_checks.py`, which is found at the start (apps.py). A check is either
about the settings of the site, or counts rows; all that count are asked in one question. `manage.py check --deploy
--database default` names those that the law asks for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core import checks
from django.db import OperationalError
from django.db.models import CharField, Count, QuerySet, Value

from cms.site_settings.models import SiteSettings

LAW, PEOPLE, PAGES, RUNNING = "What the law asks for", "People", "What the public reads", "Running it"
MAILS = "cms.view_mail"  # the right to see what was sent
GROUPS = (LAW, PEOPLE, PAGES, RUNNING)


@dataclass(frozen=True)
class Check:
    """One thing to be seen to; `title` says what is there once it is done.

    Either `is_unset`, of the settings, or `rows`, which are counted, says whether it is done. `right` is what it takes
    to do something about it: nobody else is shown it. `link` leads to where it is done.
    """

    key: str
    group: str
    title: str
    todo: str
    right: str
    link: Callable[[], str] | None = None
    link_text: str = "Do it now"
    is_unset: Callable[[SiteSettings], bool] | None = None
    rows: Callable[[], Iterable[QuerySet]] | None = None
    is_hole: Callable[[int], bool] = bool
    detail: str = ""  # such as “{count} without an owner”
    is_legal: bool = False

    @property
    def address(self) -> str:
        return self.link() if self.link else ""


@dataclass(frozen=True)
class Found:
    """How a check stands now."""

    check: Check
    is_done: bool
    detail: str


_registered: dict[str, Check] = {}


def register(*found: Check) -> None:
    """Adds checks, by their keys; one that is there already is replaced."""
    _registered.update({check.key: check for check in found})


def look(person: Any = None, *, only_legal: bool = False) -> list[Found]:
    """How every check stands that somebody could do something about; all of them where nobody is asked about."""
    asked = [check for check in _registered.values() if check.is_legal or not only_legal]
    if person is not None:
        asked = (
            []
            if person.is_limited and not person.is_superuser
            else [check for check in asked if person.has_perm(check.right)]
        )
    if not asked:
        return []
    counts, settings = _counts(asked), SiteSettings.load()
    found = []
    for check in asked:
        count = counts.get(check.key, 0)
        is_hole = check.is_unset(settings) if check.is_unset else check.is_hole(count)
        found.append(Found(check, not is_hole, check.detail.format(count=count) if is_hole else ""))
    return sorted(found, key=lambda one: GROUPS.index(one.check.group))


def _counts(asked: Iterable[Check]) -> dict[str, int]:
    """How many rows each check finds, in one question."""
    counted = [
        rows.order_by()
        .annotate(readiness_key=Value(check.key, CharField()))
        .values("readiness_key")
        .annotate(readiness_count=Count("pk", distinct=True))
        .values_list("readiness_key", "readiness_count")
        for check in asked
        if check.rows
        for rows in check.rows()
    ]
    counts: dict[str, int] = {}
    if counted:
        for key, count in counted[0].union(*counted[1:], all=True):
            counts[key] = counts.get(key, 0) + count
    return counts


def warn(app_configs: Any = None, databases: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """For `manage.py check --deploy --database default`: what the law asks for and nobody has seen to. Without a
    database nothing is asked."""
    if not databases:
        return []
    try:
        holes = [found for found in look(only_legal=True) if not found.is_done]
    except OperationalError:
        return [checks.Warning("The database does not answer, so nobody knows what is missing.", id="readiness.W001")]
    return [
        checks.Warning(f"Not done yet: {found.check.title}.", hint=found.check.todo, id=f"readiness.{found.check.key}")
        for found in holes
    ]
