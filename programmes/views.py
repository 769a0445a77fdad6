from functools import cache

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from city import figures
from cms.page_cache.middleware import public_page
from programmes import structured_data
from programmes.models import Programme, ProgrammePicture
from programmes.programme_finder import ProgrammeFinder

STORIES = 4  # the newest, on the page of a programme


@public_page(query={*ProgrammeFinder.legends, "page"})
@require_safe
def index(request):
    finder = ProgrammeFinder(request.GET)
    programmes = finder.programmes()
    flagships = [programme for programme in programmes if programme.flagship and not finder.is_filtered]
    return render(
        request,
        "programmes/index.html",
        {
            "finder": finder,
            "flagships": sorted(flagships, key=lambda programme: programme.flagship),
            "sections": finder.sections(),
            "structured": structured_data.of_list(programmes),
        },
    )


@public_page
@require_safe
def good_practice(request):
    """Everything that others can learn from, in one list."""
    marked = Programme.objects.published().filter(good_practice__isnull=False)
    programmes = list(marked.select_related("good_practice__source").in_list_order())
    context = {"programmes": programmes, "structured": structured_data.of_good_practice(programmes)}
    return render(request, "programmes/good_practice.html", context)


@cache
def pages():
    """The question for a programme's page, built once: building it costs more than its answer."""
    return Programme.objects.published().for_page()


@public_page
@require_safe
def detail(request, slug):
    programme = get_object_or_404(pages(), slug=slug)
    return render(request, "programmes/detail.html", context_of(programme))


def context_of(programme):
    """Everything the page of a programme shows; the same for the public page and a preview."""
    hero, *gallery = [ProgrammePicture.of_row(row) for row in programme.picture_list] or [None]
    agreed, disputed = figures.read(programme.figures.select_related("source"))
    return {
        "programme": programme,
        "hero": hero,
        "gallery": gallery,
        "reading": getattr(programme, "good_practice", None),
        "changes": [figures.Change(figure) for figure in agreed if figure.before is not None],
        "figures": [figure for figure in agreed if figure.before is None],
        "disputed": disputed,
        "stories": list(programme.shelved.all()[:STORIES]) if programme.pk else [],
        "structured": structured_data.of_programme(programme),
    }
