"""Which page shows what, and whether it could be shown."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib.contenttypes.models import ContentType
from django.db.models import Expression, F, Model, TextField, Value
from django.db.models.functions import Cast, JSONArray, JSONObject

from cms.media.models import Image, PictureUse, holders, use_models
from cms.publishing.models import Publishable
from cms.revisions.models import Proposal, ProposalQuerySet


def uses(image: Image) -> list[Publishable]:
    """Every page that shows the picture, public or not."""
    return [thing for model, path in holders() for thing in model._default_manager.filter(**{path: image}).distinct()]


def uses_beside(image: Image) -> list[Proposal]:
    """Every open change beside a page that holds the picture."""
    found = Proposal.objects.none()
    for model, path in holders():
        found |= changes_with(model, path, Value(image.pk)).open()
    return list(found)


def changes_with(model: type[Publishable], path: str, key: Expression | F) -> ProposalQuerySet:
    """Changes of this kind of page whose values (cms/revisions/snapshot.py) hold the picture that has this key."""
    *rows, name = path.split("__")
    held: Any = JSONObject(**{name: Cast(key, TextField())})
    held = JSONObject(rows=JSONObject(**{rows[0]: JSONArray(held)})) if rows else JSONObject(fields=held)
    return Proposal.objects.filter(content_type=ContentType.objects.get_for_model(model), values__contains=held)


def with_own_words(image: Image) -> list[PictureUse]:
    """Each use of which its page says something of its own, which is about the picture as it is now."""
    return [
        use
        for model in use_models()
        for use in model._default_manager.filter(image=image)
        .exclude(alternative_text="", caption="")
        .select_related(model.page_name())
    ]


def not_ready(images: Iterable[Image]) -> list[Image]:
    """Those of which the worker has not made all sizes yet."""
    return [image for image in images if not image.is_ready]


def carry_key(context: Mapping[str, Any], key: str) -> None:
    """Lets whoever sees this page by the key of a preview see its pictures, too: those of what the page is made of."""
    made_of = [part for value in context.values() for part in (value if isinstance(value, list) else [value])]
    for part in made_of:
        for image in part._state.fields_cache.values() if isinstance(part, Model) else ():
            if isinstance(image, Image):
                image.key_query = "?" + urlencode({"key": key})
