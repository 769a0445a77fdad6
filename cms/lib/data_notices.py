"""The short notice above the button of every form that takes personal data: what for, how long, who sees it.

All of them stand in one list, which knows the numbers of the code that deletes: settings.DATA_NOTICES names it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.text import slugify
from django.utils.translation import ngettext


@dataclass(frozen=True)
class DataNotice:
    """Three plain sentences, and the heading of the paragraph under “Your data and your rights” that says more.

    `periods` are the days that `kept` names.
    """

    purpose: Any
    kept: Any
    seen_by: Any
    heading: str
    periods: Mapping[str, int] = field(default_factory=dict)

    @property
    def sentences(self) -> list[str]:
        periods = {name: period(days) for name, days in self.periods.items()}
        return [str(self.purpose), str(self.kept).format(**periods), str(self.seen_by)]

    @property
    def url(self) -> str:
        return f"{reverse('city:page', args=['privacy'])}#{anchor_of(self.heading)}"


def period(days: int) -> str:
    """So many days, as one says it."""
    years = days // 365
    if days == years * 365:
        return ngettext("a year", "%(years)s years", years) % {"years": years}
    return ngettext("a day", "%(days)s days", days) % {"days": days}


def anchor_of(heading: str) -> str:
    """The last part of an address that leads to this heading of a page."""
    return slugify(heading)


@cache
def notices() -> Mapping[str, DataNotice]:
    return import_string(settings.DATA_NOTICES)
