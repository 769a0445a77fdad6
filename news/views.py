from functools import cache

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cms.page_cache.middleware import public_page
from news import structured_data
from news.models import NewsItem, NewsPicture

PAGE_SIZE = 24


@public_page(query={"page"})
@require_safe
def index(request):
    """All news, newest first, under a heading for each year."""
    items = NewsItem.objects.published().for_cards().with_speaker().newest_first()
    page = Paginator(items, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "news/index.html", {"page": page, "structured": structured_data.of_list(page)})


@cache
def pages():
    """The question for the page of a news item, built once: building it costs more than its answer."""
    return NewsItem.objects.published().for_page()


@public_page
@require_safe
def detail(request, slug):
    item = get_object_or_404(pages(), slug=slug)
    return render(request, "news/detail.html", context_of(item))


def context_of(item):
    """Everything the page of a news item shows; the same for the public page and a preview."""
    hero, *gallery = [NewsPicture.of_row(row) for row in item.picture_list] or [None]
    return {"item": item, "hero": hero, "gallery": gallery, "structured": structured_data.of_item(item)}
