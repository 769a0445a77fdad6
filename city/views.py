from django.db.models import Exists, OuterRef, Prefetch
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from city import figures, passages, structured_data, wardmap
from city.forms import EnquiryForm
from city.models import Page, PriorityArea, Source, Theme, Ward
from cms.page_cache.middleware import public_page

STORIES = 4  # the newest, on the page of a ward


@public_page
@require_safe
def page(request, slug):
    found = get_object_or_404(Page.objects.published(), slug=slug)
    return render(request, f"city/{found.layout}.html", context_of(found))


def context_of(page):
    """Everything a standing page shows, by its layout; the same for the public page and a preview."""
    gallery = list(page.pictures.select_related("image"))
    context = {
        "page": page,
        "body": passages.fill(page.body),
        "gallery": gallery,
        "sources": page.sources.all(),
        "structured": structured_data.of_page(page),
    }
    if page.slug == Page.CONTACT:
        context["form"] = EnquiryForm()
    if page.layout == Page.Layout.STANDARD:
        return context
    agreed, disputed = figures.read(page.figures.select_related("source"))
    context |= {"figures": agreed, "disputed": disputed}
    if page.layout == Page.Layout.LEARNING_CITY:
        return context | {"areas": PriorityArea.objects.published(), "themes": themes_of(Theme.Kind.POLICY)}
    return context | {"themes": themes_of(Theme.Kind.GOAL)}


def themes_of(*kinds):
    """The themes of these kinds, each with its published programmes."""
    theme_programmes = Theme.programmes.rel.related_model.objects.published().only("title", "slug")
    return Theme.objects.published().filter(kind__in=kinds).prefetch_related(Prefetch("programmes", theme_programmes))


@public_page
@require_safe
def wards(request):
    found = list(Ward.objects.published().annotate(has_stories=Exists(_shelved().filter(ward=OuterRef("pk")))))
    lit = {ward.pk for ward in found if ward.has_stories}
    context = {"wards": found, "map": wardmap.draw(found, lit=lit), "is_lit": bool(lit)}
    return render(request, "city/wards.html", context)


def _shelved():
    """Published stories, which are above this app: reached by the relation the ORM gives."""
    return Ward.shelved.rel.related_model.objects.order_by()


@public_page
@require_safe
def ward(request, slug):
    found = get_object_or_404(Ward.objects.published(), slug=slug)
    return render(request, "city/ward.html", context_of_ward(found))


def context_of_ward(ward):
    others = list(Ward.objects.published())
    return {
        "ward": ward,
        "neighbours": [other for other in others if ward.touches(other)],
        "map": wardmap.draw(others, here=ward),
        "partners": ward.partners.published(),
        "programmes": ward.programmes.published(),
        "stories": list(ward.shelved.all()[:STORIES]) if ward.pk else [],
        "structured": structured_data.of_ward(ward),
    }


@public_page
@require_safe
def themes(request):
    found = list(themes_of(*Theme.Kind))
    return render(
        request,
        "city/themes.html",
        {
            "policies": [theme for theme in found if theme.kind == Theme.Kind.POLICY],
            "goals": [theme for theme in found if theme.kind == Theme.Kind.GOAL],
            "areas": PriorityArea.objects.published(),
        },
    )


@public_page
@require_safe
def theme(request, slug):
    found = get_object_or_404(Theme.objects.published().select_related("source"), slug=slug)
    return render(request, "city/theme.html", context_of_theme(found))


def context_of_theme(theme):
    return {"theme": theme, "programmes": theme.programmes.published().for_cards().in_list_order()}


@public_page
@require_safe
def priority_area(request, slug):
    found = get_object_or_404(PriorityArea.objects.published().select_related("source"), slug=slug)
    return render(request, "city/priority_area.html", context_of_area(found))


def context_of_area(area):
    return {"area": area, "programmes": area.programmes.published().for_cards().in_list_order()}


@public_page
@require_safe
def sources(request):
    return render(request, "city/sources.html", {"sources": Source.objects.all()})
