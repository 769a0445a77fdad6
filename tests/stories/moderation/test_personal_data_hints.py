import pytest

from stories.models import Contributor
from stories.moderation import personal_data_hints

ADULT = Contributor(full_name="Wanda Whispers", shown_as="full", age="18-plus")
HIDDEN = Contributor(full_name="Wanda Whispers", shown_as="first", age="18-plus")
CHILD = Contributor(full_name="Amy Small", shown_as="first", age="under-13")


def noticed(text, teller=ADULT):
    return [(one.what, one.found) for one in personal_data_hints.findings([("the story", text)], teller)]


@pytest.mark.parametrize(
    ("text", "what", "found"),
    [
        ("Write to wanda@example.org please", "An e-mail address", "wanda@example.org"),
        ("Call 01332 123456 today", "A telephone number", "01332 123456"),
        ("Call +44 7700 900123 today", "A telephone number", "+44 7700 900123"),
        ("Call (07700) 900-123", "A telephone number", "07700) 900-123"),
        ("See https://example.org/x?y=1", "A link", "https://example.org/x?y=1"),
        ("See example.co.uk", "A link", "example.co.uk"),
        ("We are at DE1 2GU now", "A postcode", "DE1 2GU"),
        ("We are at de24 8aa now", "A postcode", "de24 8aa"),
        ("I live at 12 Green Lane", "A house number", "12 Green Lane"),
        ("She lives at number 7", "A house number", "at number 7"),
        ("It was flat 3b", "A house number", "flat 3b"),
    ],
)
def test_it_notices(text, what, found):
    assert noticed(text) == [(what, found)]


@pytest.mark.parametrize(
    "text",
    [
        "In 1962 I was 12 years old, and 1,000 people came.",
        "It cost £0.50, then 1962-1968 came and 2026.",
        "We won 3-2 at the Baseball Ground in 1972.",
        "The number 12 bus went to Allestree.",
        "I walked down Green Lane to the Market Place.",
        "Wanda Whispers told this.",
        "I went to St Benedict School.",
        "",
    ],
)
def test_it_leaves_alone(text):
    assert noticed(text) == []


def test_a_name_its_teller_hides_is_noticed_however_it_is_spelt():
    assert noticed("My name is wanda  whispers.", HIDDEN) == [(personal_data_hints.THEIR_NAME, "wanda  whispers")]
    assert noticed("My name is WÁNDA-WHISPERS.", HIDDEN) == [(personal_data_hints.THEIR_NAME, "Wanda Whispers")]
    assert noticed("Wanda told this.", HIDDEN) == []


def test_of_a_child_the_school_and_the_full_name_are_noticed():
    assert noticed("I am Amy Small and go to Ash Green Primary School.", CHILD) == [
        (personal_data_hints.CHILDS_NAME, "Amy Small"),
        ("A school, and its teller is a child", "Ash Green Primary School"),
    ]


def test_the_same_place_is_told_once_and_marked_in_the_text():
    text = "Mail me@example.org or see www.example.org."
    found = personal_data_hints.findings([("the story", text)], None)

    pieces = personal_data_hints.marked(text, found)

    assert [one.what for one in found] == ["An e-mail address", "A link"]
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.is_marked] == ["me@example.org", "www.example.org."]


@pytest.mark.parametrize("text", ["a" * 20_000, "1 " * 10_000, "A" * 20_000 + "@", "12 Green " * 2_000, "0-" * 10_000])
def test_a_hostile_text_takes_no_time(text):
    import time

    began = time.monotonic()
    personal_data_hints.findings([("the story", text)], HIDDEN)

    assert time.monotonic() - began < 2
