"""What readers suggest about a partner's page, or the page of a programme it leads.

A partner reads and answers what is about its own, and finds nothing else.
"""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from cms.outbox import mail
from cms.publishing.models import Suggestion
from partners.models import Member, Partner

_LEADS = ("1-lead", "2-co-lead")


def about(partner: Partner) -> QuerySet[Suggestion]:
    led = partner.involvements.filter(role__in=_LEADS)
    programmes = ContentType.objects.get_for_model(led.model._meta.get_field("programme").related_model)
    own = Q(content_type=ContentType.objects.get_for_model(Partner), object_id=partner.pk)
    return Suggestion.objects.filter(own | Q(content_type=programmes, object_id__in=led.values("programme")))


def tell() -> int:
    """Writes each manager one mail about what is new, whatever number there is; says how many it wrote.

    What concerns nobody who could be told waits in the council's list, and is not told later.
    """
    with transaction.atomic():
        new = list(Suggestion.objects.filter(told_at=None).select_for_update())
        keys = {suggestion.pk for suggestion in new}
        count = 0
        managed = Partner.objects.filter(ended="", members__in=Member.objects.managers()).distinct()
        for partner in list(managed) if new else []:
            titles = list(about(partner).filter(pk__in=keys, answered_at=None).values_list("title", flat=True))
            count += _tell(partner, titles) if titles else 0
        for suggestion in new:
            suggestion.told_at = timezone.now()
            suggestion.save(update_fields=["told_at"])
    return count


def _tell(partner, titles) -> int:
    managers = partner.members.managers().select_related("person")
    how_many = "A reader suggests a change" if len(titles) == 1 else f"Readers suggest {len(titles)} changes"
    link = f"{settings.SITE_URL}{reverse('desk:suggestions', args=[partner.slug])}"
    text = "\n\n".join(
        [
            f"{how_many}, about: {', '.join(sorted(set(titles)))}.",
            f"Read and answer at your desk: {link}",
            "You get at most one such mail a day.",
        ]
    )
    for manager in managers:
        mail.send(to=manager.person.email, subject=f"{how_many}: {partner}", text=text)
    return len(managers)
