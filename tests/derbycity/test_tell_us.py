"""From every page a reader can say what is wrong with it, and whatever says “tell us” leads to a form."""

import re
from html import unescape
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from django.test import Client

from cms.page_cache import middleware
from cms.publishing import page_subjects
from stories import workflow
from tests import make, opening_content
from tests import make_stories as told
from tests.derbycity.test_urls import addresses

pytestmark = pytest.mark.django_db
# The two forms themselves: there is nothing to say about them that they do not take.
FORMS = ("/suggest/", "/contact/")
# Many addresses and nothing to read: the same form for each page or story.
ELSEWHERE = ("/suggest/", "/concern/", "/pictures/", "/stories/pictures/", "/static/")
_LINK = re.compile(r'<a\b[^>]*href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_ASKS = re.compile(r"\b(tell|ask|write to|call|reach) us\b|\bcontact\b|\bask the (council|site team)\b", re.IGNORECASE)


def pages(client, paths):
    """Those that are pages for people: whether they are public, and what they say."""
    for path in paths:
        response = client.get(path)
        if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
            yield path, middleware.declared_for(response.wsgi_request) is not None, response.content.decode()


def test_every_public_page_has_the_way_to_say_what_is_wrong_on_it(client):
    seen = []
    for path, is_public, html in pages(client, addresses()):
        if path.startswith(FORMS):
            continue
        if not is_public:
            assert '<p class="tell-us"><a href="/contact/"' in html, path
            continue
        seen.append(path)
        main = html.partition("<main")[2].partition("</main>")[0]  # whoever hears the page finds it in a landmark
        assert f'<p class="tell-us"><a href="/suggest/?about={quote(path)}"' in main, path
        form = Client().get("/suggest/", query_params={"about": path})
        assert form.status_code == 200, path
        title = re.search(r"<title>(.*?)</title>", html)[1].removesuffix(" – Derby, a learning city")
        assert f'href="{path}"' in form.content.decode(), path
        assert page_subjects.find(path).thing or unescape(title) in unescape(form.content.decode()), path
    assert len(seen) > 25


def test_a_preview_does_not_ask_readers(browse):
    programme = make.programme(status="draft")

    page = browse("editor").get(f"/admin/programmes/programme/{programme.pk}/preview/page/").content.decode()

    assert "tell-us" not in page


def test_where_a_story_was_there_is_a_way_to_ask(client):
    story = told.story()
    workflow.take("withdraw", story, by=workflow.Role.TELLER)

    response = client.get(story.get_absolute_url())

    assert response.status_code == 410
    assert 'class="tell-us"><a href="/contact/"' in response.content.decode()


def test_every_link_that_says_tell_us_leads_to_a_form():
    opening_content.load()
    client, waiting, seen, asked = Client(), ["/"], {"/"}, {}
    while waiting:
        here = waiting.pop()
        for path, _, html in pages(client, [here]):
            for link, words in _LINK.findall(html.replace("&amp;", "&")):
                target = urljoin(path, unescape(link))
                if urlsplit(target).netloc:
                    continue
                if _ASKS.search(re.sub(r"<[^>]+>", "", words)):
                    asked.setdefault(target.partition("#")[0], path)
                page = urlsplit(target).path
                if page not in seen and not page.startswith(ELSEWHERE):
                    seen.add(page)
                    waiting.append(page)

    assert len(seen) > 150
    assert len(asked) > 100
    for target, path in asked.items():
        html = client.get(unquote(target)).content.decode()
        assert re.search(r'<form[^>]*method="post"', html), f"{path} leads to {target}"
