"""What the public has of a published page at this moment: the four states, how to ask for them, and their labels."""

from django.db.models import Case, CharField, Value, When
from django.db.models.functions import Now

from cms.lib import datetime_fields
from cms.publishing.models import Publishable

STATES = {
    "public": "Public now",
    "draft": "Draft",
    "scheduled": "Scheduled",
    "down": "Taken down",
}


def state() -> Case:
    """An expression for annotate(): the key of STATES that a row is in, by the database's clock."""
    return Case(
        When(status=Publishable.Status.DRAFT, then=Value("draft")),
        When(unpublish_at__lte=Now(), then=Value("down")),
        When(publish_at__gt=Now(), then=Value("scheduled")),
        default=Value("public"),
        output_field=CharField(),
    )


def state_in_words(thing) -> str:
    """The label of a row that was annotated with state(), with the moment where one is set."""
    if thing.state == "scheduled":
        return f"Scheduled for {datetime_fields.in_words(thing.publish_at)}"
    if thing.state == "public" and thing.unpublish_at:
        return f"Public until {datetime_fields.in_words(thing.unpublish_at)}"
    return STATES[thing.state]
