from functools import cache
from itertools import groupby

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cms.page_cache.middleware import public_page
from partners.models import Partner
from partners.public import structured_data
from partners.public.partner_finder import PartnerFinder

STORIES = 4  # the newest, on the page of a partner


@public_page(query={*PartnerFinder.legends, "page"})
@require_safe
def index(request):
    finder = PartnerFinder(request.GET)
    partners = finder.partners()
    letters = [(letter, list(group)) for letter, group in groupby(partners, key=lambda partner: partner.letter)]
    return render(
        request,
        "partners/index.html",
        {
            "finder": finder,
            "letters": letters,
            "structured": structured_data.of_list(partners),
        },
    )


@cache
def pages():
    """The question for a partner's page, built once: building it costs more than its answer."""
    return Partner.objects.published().for_page()


@public_page
@require_safe
def detail(request, slug):
    partner = get_object_or_404(pages(), slug=slug)
    return render(request, "partners/detail.html", context_of(partner))


def context_of(partner):
    """Everything the page of a partner shows; the same for the public page and a preview.

    Programmes and stories are reached from below, by the relations the ORM gives.
    """
    parts = partner.parts()
    stories = list(partner.shelved.all()[:STORIES]) if partner.pk else []
    return {"partner": partner, "parts": parts, "stories": stories, "structured": structured_data.of_partner(partner)}
