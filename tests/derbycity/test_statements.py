"""What the documents of the partnership say is said on the portal, with its source: a table, checked on the opening
content as a reader gets it."""

import re

import pytest
from django.test import Client
from django.utils.html import escape

from city.models import Source
from cms.publishing.models import Publishable
from tests import opening_content

# On each page: what is said, words that must be there, and the source that must be linked or listed there.
STATEMENTS = {
    "/learning-city/": {
        "industrial and export powerhouse": ("powerhouses for making things and selling them", "unesco-profile"),
        "advanced manufacturing jobs": ("largest numbers of jobs in advanced manufacturing", "unesco-profile"),
        "a history of innovation": ("place of industry and new ideas", "unesco-profile"),
        "through the pandemic": ("Even after the pandemic", "unesco-profile"),
        "the estimate is of the Office for National Statistics": ("274,149", "ons-mye-2024"),
        "the mayor at his date": ("Cllr Robin Wood, Mayor of Derby from 26 May 2021 to 2022", "unesco-profile"),
        "the network’s contact": ("a contact person for other cities in the network, in English", "unesco-profile"),
        "good practices": ("in one list", "unesco-profile"),
        "historic assets": ("Little Chester, where the Romans had a fort", "roman-guide"),
        "related content": ("Related documents", "unesco-derby-story"),
    },
    "/news/one-shared-goal/": {
        "the release as a dated item": ("Early 2018", "press-2018"),
        "and why its date is no day": ("It gives no day", "press-2018"),
        "who said it": ("Derby City Council", "press-2018"),
    },
    "/": {
        "and so on the front page": ("Office for National Statistics", "ons-mye-2024"),
    },
    "/partners/derby-city-council/": {
        "the network’s contact, of the council": (
            "a contact person for other cities in the network, in English",
            "unesco-profile",
        ),
        "the council spoke for the goal": ("its Leader and its Acting Chief Executive spoke for", "press-2018"),
    },
    "/shared-goal/": {
        "related documents of the goal": ("Related documents", "museums-plan-2018"),
        "recession": ("come through the recession", "press-2018"),
        "austerity": ("called austerity", "press-2018"),
        "shared pride": ("pride in the city that people can share", "press-2018"),
        "negative perceptions": ("think badly of the city", "press-2018"),
        "the Summit": ("June 2018: the Derby Partnership Summit", "press-2018"),
        "museum events for residents": ("talks at Derby’s museums with residents and visitors", "press-2018"),
        "the Conversation Café": ("a Conversation Café", "derby-story-2018"),
        "who spoke for the goal": ("each in the role they had in early 2018", "press-2018"),
    },
    "/partners/closing-the-gap-task-force/": {
        "the Summit, of the Task Force": ("The Summit stands in our records as planned for June 2018", "press-2018"),
    },
    "/partners/ymca-derbyshire/": {
        "YMCA on young people left behind": ("young people who could be left behind", "press-2018"),
        "YMCA spoke for the goal": ("its Chief Executive at that time spoke for the goal", "press-2018"),
    },
    "/partners/church-of-england-derby/": {
        "the Church spoke for the goal": (
            "the Assistant Area Dean for Derby City, in that role at the time, spoke for the goal",
            "press-2018",
        ),
    },
    "/partners/derby-museums-trust/": {
        "the museums spoke for the goal": (
            "its Executive Director at that time spoke for the city’s shared goal",
            "press-2018",
        ),
    },
    "/programmes/this-is-derby/": {
        "employability": ("People call that employability", "unesco-profile"),
    },
    "/partners/derby-opportunity-area-board/": {
        "the OAPB": ("OAPB", "unesco-profile"),
    },
    "/programmes/post-16-transition/": {
        "small and medium-sized firms": ("small and medium-sized ones (SMEs)", "unesco-profile"),
    },
}
GOOD_PRACTICE = ("better-together", "our-future-derby", "this-is-derby")
# Named in the documents, with no public office, and nobody has asked them: their names stay in the sources.
UNNAMED = ("Carnall", "Sewell", "Cartwright", "Tony Butler")


@pytest.mark.django_db
def test_what_the_documents_say_is_said_and_sourced():
    opening_content.load()
    pages = {page: Client().get(page).content.decode() for page in STATEMENTS}

    missing = [
        (page, what)
        for page, statements in STATEMENTS.items()
        for what, (words, source) in statements.items()
        if words not in _words(pages[page]) or not _is_named(source, pages[page])
    ]
    practice = Client().get("/programmes/good-practice/").content.decode()
    found = re.findall(r'href="/programmes/([\w-]+)/#practice-h"', practice)
    text = " ".join(
        Client().get(thing.get_absolute_url()).content.decode()
        for model in Publishable.__subclasses__()
        for thing in model.objects.all()
    )

    assert missing == []
    assert sorted(found) == sorted(GOOD_PRACTICE)
    assert [name for name in UNNAMED if name in text] == []


def _is_named(key, html):
    """Linked in the text, or listed under it."""
    return f"/sources/#{key}" in html or escape(Source.objects.get(key=key).title) in html


def _words(html):
    """What a reader reads: without tags, spaces in a row as one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))
