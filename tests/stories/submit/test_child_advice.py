"""What a child's story is better without: the surname, and the school."""

import pytest

from stories.submit import child_advice
from tests import make_stories as told


@pytest.mark.parametrize(
    "words",
    [
        "I go to Bemrose School.",
        "we are all at Lees Brook Academy now",
        "at Ashgate Primary School we have a pond",
        "my school is called Redhill",
        "St Benedict’s Catholic High School",
    ],
)
def test_a_named_school_is_seen(words):
    assert child_advice.names_a_school(words)


@pytest.mark.parametrize(
    "words",
    [
        "I walked to school.",
        "my old primary school",
        "The high school was shut",
        "Sunday school",
        "Schools are big",
        "",
    ],
)
def test_a_school_without_a_name_is_let_be(words):
    assert not child_advice.names_a_school(words)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("age", "text", "expected"),
    [
        ("13-17", "The Kowalskis? I am a KOWALSKI.", [child_advice.SURNAME]),
        ("under-13", "I go to Bemrose School.", [child_advice.SCHOOL]),
        ("under-13", "We went sledging.", []),
        ("18-plus", "I, Kowalski, went to Bemrose School.", []),
    ],
)
def test_children_are_told_and_nobody_else(age, text, expected):
    story = told.story(status="draft", age=age, full_name="Tess Kowalski", shown_as="first", text=text)

    assert child_advice.advice(story.contributor, story.latest) == expected
