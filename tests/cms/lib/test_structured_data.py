import json

import pytest

from cms.lib.structured_data import PUBLISHER, absolute, breadcrumbs, graph, without_empty


def test_addresses_are_absolute():
    assert absolute("/partners/x/") == "http://testserver/partners/x/"


def test_what_is_empty_is_left_out_and_what_is_nought_is_not():
    given = {"a": None, "b": "", "c": [], "d": {}, "e": 0, "f": False, "g": "words"}

    assert without_empty(given) == {"e": 0, "f": False, "g": "words"}


def test_the_way_back_starts_at_home_and_counts_from_one():
    trail = breadcrumbs([("Partners", "/partners/"), ("Hub", "/partners/hub/")])

    assert trail["@type"] == "BreadcrumbList"
    assert trail["itemListElement"] == [
        {"@type": "ListItem", "position": 1, "name": "Home", "item": "http://testserver/"},
        {"@type": "ListItem", "position": 2, "name": "Partners", "item": "http://testserver/partners/"},
        {"@type": "ListItem", "position": 3, "name": "Hub", "item": "http://testserver/partners/hub/"},
    ]


def test_a_graph_names_its_vocabulary_and_has_no_empty_words():
    made = graph({"@type": "Thing", "name": "Hub", "logo": ""}, breadcrumbs([]))

    assert made["@context"] == "https://schema.org"
    assert made["@graph"][0] == {"@type": "Thing", "name": "Hub"}
    assert json.loads(json.dumps(made)) == made


@pytest.mark.parametrize("name", ["@type", "name", "url"])
def test_the_publisher_is_named(name):
    assert PUBLISHER[name]
    assert PUBLISHER["url"].startswith(("http://", "https://"))
