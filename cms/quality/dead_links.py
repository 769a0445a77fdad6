"""Finds the links in everything published that lead nowhere.

An address on this site is looked up. One elsewhere is asked, politely: one at a time, with a pause between two on the
same site. Since a site may be asleep for a night, it is listed only when it failed in two runs, at least a day apart,
unless it said itself that there is no such page.
"""

import datetime
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.text import capfirst

from cms.publishing.models import Publishable
from cms.quality import link_fetching
from cms.quality.content_checks import addresses, texts
from cms.quality.link_fetching import Outcome
from cms.quality.models import DeadLink
from cms.text.richtext import RichTextField

APART = datetime.timedelta(days=1)
PAUSE = 1.0  # seconds between two questions to one site
_ENOUGH_TO_JUDGE = 5  # links elsewhere; if not one of so many works, it is our own network that does not
_LONGEST = 2000  # letters of an address that the table can hold

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """Where a link stands: a thing, the words for the field or the row of it, and the address."""

    content_type: int
    object_id: int
    field: str
    address: str


def find() -> Iterator[Place]:
    """Every link of everything the public can read: in its texts, in its fields for addresses, and in its rows."""
    for model in apps.get_models():
        if issubclass(model, Publishable):
            yield from _links_of(model, model, model._default_manager.published(), "pk")
            for row, link in _rows(model):
                public = row._base_manager.filter(**{f"{link.name}__in": model._default_manager.published().order_by()})
                yield from _links_of(model, row, public, link.attname, str(row._meta.verbose_name))
        elif hasattr(model, "get_absolute_url") and any(isinstance(field, models.URLField) for field in _fields(model)):
            yield from _links_of(model, model, model._default_manager.all(), "pk")  # public from its first day


def _fields(model) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if isinstance(field, (RichTextField, models.URLField))]


def _rows(model) -> Iterator[tuple[type[models.Model], models.ForeignKey]]:
    """The tables whose rows belong to a thing of this kind, and the field by which they do."""
    for relation in model._meta.related_objects:
        if not issubclass(relation.related_model, Publishable) and not relation.many_to_many:
            yield relation.related_model, relation.field


def _links_of(thing, model, public, key: str, within: str = "") -> Iterator[Place]:
    fields = _fields(model)
    if not fields:
        return
    content_type = ContentType.objects.get_for_model(thing).pk
    for object_id, *values in public.order_by().values_list(key, *(field.name for field in fields)).iterator():
        for field, value in zip(fields, values, strict=True):
            name = str(field.verbose_name)
            words = capfirst(f"{within}: {name}" if within else name)
            found = [value] if isinstance(field, models.URLField) else _addresses(value)
            for address in dict.fromkeys(found):
                if address and len(address) <= _LONGEST:
                    yield Place(content_type, object_id, str(words)[:100], address)


def _addresses(html: str) -> list[str]:
    return [link.address for link in texts.read(html).links] if "<a " in html else []


def check(*, outside: bool, ask: Callable[[str], Outcome] = link_fetching.ask, pause: float = PAUSE) -> None:
    """One run over everything. `outside`: whether other sites are asked, too."""
    places = list(find())
    outcomes = _inside(places)
    tried = set(outcomes)
    if outside:
        asked = _outside({place.address for place in places} - tried, ask, pause)
        if len(asked) > _ENOUGH_TO_JUDGE and all(outcome.problem for outcome in asked.values()):
            log.error("no link to another site works, so it is this machine that cannot reach them; none is judged")
        else:
            outcomes |= asked
            tried |= set(asked)
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()  # it had nothing to do for as long as the others took to answer
    _remember(places, outcomes, tried)


def _inside(places: Iterable[Place]) -> dict[str, Outcome]:
    ours = {place.address: addresses.path_of(place.address) for place in places if addresses.is_ours(place.address)}
    lost = addresses.lost(ours.values())
    dead = Outcome("There is no such page here that the public can read.", is_certain=True)
    return {address: dead if lost.get(path) == "" else Outcome() for address, path in ours.items()}


def _outside(asked: set[str], ask, pause: float) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    gone: dict[str, Outcome] = {}
    last = ""
    for address in sorted(asked):
        parts = addresses.urlsplit_or_none(address)
        if parts.scheme not in ("http", "https"):
            continue
        if parts.netloc not in gone:
            time.sleep(pause if parts.netloc == last else 0)
            last = parts.netloc
            outcomes[address] = ask(address)
            if outcomes[address].whole_site:
                gone[parts.netloc] = outcomes[address]
        else:
            outcomes[address] = gone[parts.netloc]
    return outcomes


def _remember(places: list[Place], outcomes: dict[str, Outcome], tried: set[str]) -> None:
    """The list as it is after this run. What could not be tried now stays as it was, if it still stands somewhere."""
    with transaction.atomic():
        known = {
            Place(link.content_type_id, link.object_id, link.field, link.address): link
            for link in DeadLink.objects.select_for_update()
        }
        for place in dict.fromkeys(places):
            outcome = outcomes.get(place.address, Outcome())
            link = known.get(place)
            if place.address not in tried:
                known.pop(place, None)
            elif outcome.problem:
                known.pop(place, None)
                _note(link, place, outcome)
        DeadLink.objects.filter(pk__in=[link.pk for link in known.values()]).delete()


def _note(link: DeadLink | None, place: Place, outcome: Outcome) -> None:
    link = link or DeadLink(
        content_type_id=place.content_type,
        object_id=place.object_id,
        field=place.field,
        address=place.address,
        is_certain=False,
    )
    failed_before = link.first_seen_at is not None and link.first_seen_at <= timezone.now() - APART
    link.is_certain = link.is_certain or outcome.is_certain or failed_before
    link.problem = outcome.problem
    link.save()
