"""What readers should know of programmes before the portal opens (cms/readiness/registry.py)."""

from django.urls import reverse

from cms.readiness.registry import PAGES, Check, register
from programmes.models import Programme

UNCONFIRMED = Programme.Running.UNCONFIRMED

register(
    Check(
        "programmes_run",
        PAGES,
        "Whether each programme runs",
        "Ask whoever leads it, then say what you learnt. Until then readers see “We are checking if it still runs”.",
        "programmes.publish_programme",
        link=lambda: f"{reverse('admin:programmes_programme_changelist')}?state=public&running__exact={UNCONFIRMED}",
        link_text="Those nobody has confirmed",
        rows=lambda: [Programme.objects.published().filter(running=UNCONFIRMED)],
        detail="{count} not confirmed",
    ),
)
