"""The Derby Story by where it was: the wards as lit windows, and as a list that says the same."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from city import wardmap
from city.models import Ward
from cms.page_cache.middleware import public_page
from stories.models import FacetCount
from stories.search.keyset import page_of


@public_page
@require_safe
def places(request):
    counts = FacetCount.objects.of("ward", "every")
    wards = [(ward, counts["ward"].get(str(ward.pk), 0)) for ward in Ward.objects.published()]
    context = {
        "wards": wards,
        "map": wardmap.draw(
            [ward for ward, _ in wards], lit={ward.pk for ward, count in wards if count}, leads_to_stories=True
        ),
        "elsewhere": counts["every"].get("", 0) - sum(count for _, count in wards),
    }
    return render(request, "stories/places.html", context)


@public_page(query={"after", "before"})
@require_safe
def place(request, slug):
    ward = get_object_or_404(Ward.objects.published(), slug=slug)
    total = FacetCount.objects.filter(key=str(ward.pk)).of("ward")["ward"].get(str(ward.pk), 0)
    context = {"ward": ward, "page": page_of(ward.shelved.all(), request.GET), "total": total}
    return render(request, "stories/place.html", context)
