"""Which pictures somebody may see who holds a preview link."""

from typing import Any

from django.db import models

from cms.media.models import Image
from cms.revisions.models import PreviewLink
from cms.revisions.preview_links import find


def is_shown_by(key: str, image: Image) -> bool:
    """Whether the page this key opens holds the picture."""
    link = find(key)
    return link is not None and str(image.pk) in _pictures_of(link)


def _pictures_of(link: PreviewLink) -> set[str]:
    model = link.content_type.model_class()
    found: set[str] = set()
    if model is None:
        return found
    kinds: list[Any] = [("", model, {"pk": link.object_id})]
    kinds += [
        (relation.get_accessor_name(), relation.related_model, {relation.field.name: link.object_id})
        for relation in model._meta.related_objects
        if relation.on_delete is models.CASCADE and relation.one_to_many
    ]
    for prefix, kind, narrowed in kinds:
        for field in kind._meta.concrete_fields:
            if field.related_model is not Image:
                continue
            found.update(map(str, kind._default_manager.filter(**narrowed).values_list(field.attname, flat=True)))
            if link.proposal:
                kept = link.proposal.values
                rows = kept["rows"].get(prefix, ()) if prefix else [kept["fields"]]
                found.update(row.get(field.name, "") for row in rows)
    return found - {"", "None"}
