"""Finding in any list, shown on a list of plain rows that no database knows."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from city.models import Theme, Ward
from cms.search.finder import Finder, named, read_labels
from tests import make


class FruitFinder(Finder):
    legends = {"colour": "Which colour?", "taste": "How does it taste?", "season": "When?", "size": "How large?"}
    page_size = 2


LABELS = {
    "colour": {"red": "Red", "green": "Green", "blue": "Blue"},
    "taste": {"sweet": "Sweet", "sour": "Sour"},
    "season": {"summer": "Summer"},
}
ROWS = [
    (1, {"colour": {"red"}, "taste": {"sweet"}, "season": {"summer"}, "size": ()}),  # strawberry
    (2, {"colour": {"red", "green"}, "taste": {"sweet", "sour"}, "season": (), "size": ()}),  # apple
    (3, {"colour": {"green"}, "taste": {"sour"}, "season": (), "size": ()}),  # lime
    (4, {"colour": {"green"}, "taste": {"sweet"}, "season": {"summer"}, "size": ()}),  # melon
    (5, {"colour": (), "taste": (), "season": (), "size": ()}),  # unknown
]


def find(query="", rows=ROWS, labels=LABELS):
    return FruitFinder(QueryDict(query), rows, labels)


def counts(finder):
    return {question.name: {choice.value: choice.count for choice in question.choices} for question in finder.questions}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("colour=red", [1, 2]),
        ("colour=red&colour=green", [1, 2, 3, 4]),
        ("colour=red&taste=sour", [2]),
        ("colour=green&taste=sour&taste=sweet", [2, 3, 4]),
        ("colour=red&colour=green&taste=sweet&season=summer", [1, 4]),
        ("colour=blue", []),
        ("colour=red&season=summer&taste=sour", []),
        ("colour=red&colour=red", [1, 2]),
        ("colour=purple", [1, 2, 3, 4, 5]),
        ("colour=purple&colour=red", [1, 2]),
        ("colour=", [1, 2, 3, 4, 5]),
        ("colour=Red", [1, 2, 3, 4, 5]),
        ("size=large", [1, 2, 3, 4, 5]),
        ("sort=price&colour=red", [1, 2]),
        ("page=2&colour=red", [1, 2]),
    ],
)
def test_any_answer_within_a_question_and_all_questions_together(query, found):
    finder = find(query)

    assert finder.found == found
    assert finder.count == len(found)
    assert finder.total == 5


def test_the_count_beside_a_choice_is_what_choosing_it_would_show():
    finder = find("taste=sweet")

    for question in finder.questions:
        for choice in question.choices:
            others = "&".join(
                f"{name}={value}" for name, values in finder.chosen.items() if name != question.name for value in values
            )
            assert choice.count == find(f"{others}&{question.name}={choice.value}").count


def test_counts_of_a_question_ignore_its_own_answers():
    assert counts(find()) == {"colour": {"red": 2, "green": 3}, "taste": {"sweet": 3, "sour": 2}}
    assert counts(find("colour=red")) == {"colour": {"red": 2, "green": 3}, "taste": {"sweet": 2, "sour": 1}}


def test_a_choice_that_nothing_fits_is_not_offered_unless_it_is_chosen():
    assert "blue" not in counts(find())["colour"]
    assert counts(find("colour=blue"))["colour"] == {"red": 2, "green": 3, "blue": 0}


def test_a_question_with_one_answer_is_asked_only_once_it_is_answered():
    assert "season" not in counts(find())
    assert counts(find("season=summer"))["season"] == {"summer": 2}


def test_choices_keep_the_order_of_their_labels():
    assert list(counts(find())["colour"]) == ["red", "green"]
    reordered = LABELS | {"colour": {"green": "Green", "red": "Red"}}
    assert list(counts(find(labels=reordered))["colour"]) == ["green", "red"]


def test_what_is_chosen_is_marked():
    [colour, taste] = find("colour=green").questions

    assert colour.is_answered
    assert not taste.is_answered
    assert [choice.value for choice in colour.choices if choice.is_chosen] == ["green"]
    assert colour.legend == "Which colour?"


@pytest.mark.parametrize(
    ("query", "is_filtered"),
    [("", False), ("colour=red", True), ("colour=blue", True), ("colour=purple", False), ("page=2", False)],
)
def test_a_list_knows_whether_it_is_filtered(query, is_filtered):
    assert find(query).is_filtered is is_filtered


def test_the_first_questions_stand_in_front():
    labels = {name: {"a": "A", "b": "B"} for name in FruitFinder.legends}
    rows = [(1, dict.fromkeys(labels, ("a", "b")))]

    finder = find("", rows, labels)

    assert [question.name for question in finder.first_questions] == ["colour", "taste", "season"]
    assert [question.name for question in finder.more_questions] == ["size"]
    assert not finder.asks_more
    assert find("size=a", rows, labels).asks_more
    assert not find("colour=a", rows, labels).asks_more


@pytest.mark.parametrize(
    ("asked", "page", "keys"),
    [
        ("", 1, [1, 2]),
        ("1", 1, [1, 2]),
        ("2", 2, [3, 4]),
        ("3", 3, [5]),
        ("4", 3, [5]),
        ("99999", 3, [5]),
        ("999999999999", 1, [1, 2]),
        ("0", 1, [1, 2]),
        ("-1", 1, [1, 2]),
        ("two", 1, [1, 2]),
        ("²", 1, [1, 2]),
        ("٢", 1, [1, 2]),
        ("1.5", 1, [1, 2]),
        ("1e3", 1, [1, 2]),
        (" 2", 1, [1, 2]),
        ("002", 2, [3, 4]),
    ],
)
def test_a_page_that_does_not_exist_becomes_one_that_does(asked, page, keys):
    query = QueryDict(mutable=True)
    query["page"] = asked

    finder = FruitFinder(query, ROWS, LABELS)

    assert (finder.page, finder.keys) == (page, keys)
    assert finder.page_count == 3


def test_an_empty_list_has_one_empty_page():
    finder = find("", rows=[])

    assert (finder.page_count, finder.page, finder.keys, finder.total, finder.questions) == (1, 1, [], 0, [])


def test_the_addresses_of_other_pages_keep_the_answers():
    finder = find("colour=green&colour=red&taste=sweet&taste=sour&page=2&colour=purple&utm=x")

    assert finder.next_page == ""
    assert finder.previous_page == "?colour=green&colour=red&taste=sweet&taste=sour"
    assert find("colour=green&colour=red").next_page == "?colour=green&colour=red&page=2"


def test_pages_before_the_first_and_after_the_last_have_no_address():
    assert find().previous_page == ""
    assert find("page=3").next_page == ""
    assert find("page=2").previous_page == "?"
    assert find("page=2").next_page == "?page=3"


def test_a_thousand_rows_are_all_on_some_page_in_order():
    rows = [(number, {"colour": ("red",), "taste": (), "season": (), "size": ()}) for number in range(1000)]

    finders = [find(f"colour=red&page={page}", rows) for page in range(1, 501)]

    assert [key for finder in finders for key in finder.keys] == list(range(1000))
    assert finders[-1].next_page == ""


names = st.sampled_from([*FruitFinder.legends, "page", "x", "", "colour[]", "__class__"])
values = (
    st.sampled_from(["red", "green", "sour", "1", "2", "-1", "", "%00", "%ff", "%s", "'", '"', "<b>", "²"]) | st.text()
)
queries = st.lists(st.builds("{}={}".format, names, values)).map("&".join) | st.text()


@given(queries)
def test_no_query_breaks_the_list(query):
    finder = find(query)

    assert set(finder.keys) <= set(finder.found) <= {1, 2, 3, 4, 5}
    assert 1 <= finder.page <= finder.page_count
    assert finder.is_filtered or finder.found == [1, 2, 3, 4, 5]
    for address in filter(None, (finder.previous_page, finder.next_page)):
        there = find(address.removeprefix("?"))
        assert there.chosen == finder.chosen
        assert there.page == finder.page + (1 if address == finder.next_page else -1)
    assert finder.questions is finder.questions


@pytest.mark.django_db
def test_the_labels_of_several_questions_are_read_at_once(django_assert_num_queries):
    make.theme(slug="second", short_title="Second", order=2)
    make.theme(slug="first", short_title="First", order=1)
    make.theme(slug="also-first", short_title="also First", order=1)
    make.ward(slug="zeta", name="Zeta")
    make.ward(slug="alpha", name="alpha")
    make.ward(slug="beta", name="Beta")

    with django_assert_num_queries(1):
        labels = read_labels(
            named("about", Theme.objects.all(), "short_title", "order"), named("where", Ward.objects.all(), "name")
        )

    assert list(labels["about"].items()) == [("also-first", "also First"), ("first", "First"), ("second", "Second")]
    assert list(labels["where"]) == ["alpha", "beta", "zeta"]


@pytest.mark.django_db
def test_a_question_without_answers_has_no_labels():
    make.ward(slug="alpha", name="Alpha")

    labels = read_labels(named("about", Theme.objects.all(), "short_title"), named("where", Ward.objects.all(), "name"))

    assert labels == {"where": {"alpha": "Alpha"}}
