from hypothesis import given
from hypothesis import strategies as st

from cms.revisions.diff_text import Difference, pieces


def told(old, new, **options):
    return [(piece.kind, piece.text) for piece in pieces(old, new, **options)]


def test_words_that_went_and_came_are_told_in_place():
    assert told("Children read to each other", "Children write to each other") == [
        ("same", "Children"),
        ("gone", "read"),
        ("new", "write"),
        ("same", "to each other"),
    ]


def test_one_word_in_common_between_two_changes_is_no_island():
    assert told("a b c", "x b z") == [("gone", "a b c"), ("new", "x b z")]


def test_of_a_long_text_only_what_differs_is_told():
    words = [f"word{number}" for number in range(40)]
    old = " ".join(words)
    new = old.replace("word20", "changed")

    assert told(old, new, around=2) == [
        ("cut", "…"),
        ("same", "word18 word19"),
        ("gone", "word20"),
        ("new", "changed"),
        ("same", "word21 word22"),
        ("cut", "…"),
    ]


def test_nothing_is_told_as_no_text():
    assert [piece.kind for piece in Difference("Summary", "nothing", "Some words").pieces] == ["new"]


def test_two_very_long_texts_are_compared_by_the_line():
    lines = [" ".join(f"w{number}-{word}" for word in range(40)) for number in range(60)]
    changed = [*lines[:30], "another line", *lines[31:]]

    assert ("gone", lines[30]) in told("\n".join(lines), "\n".join(changed))


@given(st.text(), st.text())
def test_both_texts_can_be_read_from_the_pieces(old, new):
    found = pieces(old, new)

    assert " ".join(piece.text for piece in found if piece.kind != "new").split() == old.split()
    assert " ".join(piece.text for piece in found if piece.kind != "gone").split() == new.split()
