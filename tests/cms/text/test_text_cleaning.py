"""What stays of a text that somebody sends."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from cms.text import text_cleaning
from cms.text.text_cleaning import clean, clean_line, clean_number, clean_within, for_xml

FAMILY = "👨\u200d👩\u200d👧"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("Trams\vand trolleybuses", "Trams\nand trolleybuses"),
        ("a\fb\x85c\u2028d\u2029e", "a\nb\nc\nd\ne"),
        ("a\tb", "a\tb"),
        ("nul\x00 bell\x07 escape\x1b delete\x7f c1\x9b", "nul bell escape delete c1"),
        ("half \ud83d a letter", "half  a letter"),
        ("\ufffe\uffff\ufdd0\U0001ffff", ""),
        ("\ufeffLoco\u00admo\u200btive\u2060", "Locomotive"),
        ("Eve\u202edevil\u202c", "Evedevil"),
        ("\u2067Derby\u2069", "Derby"),
        ("Der\u200dby\u200c", "Derby"),
        ("A\ufe0fB\U000e0101", "AB"),
        ("\U000e0041\U000e0042secret\U000e007f", "secret"),
        ("\u200fDerby", "Derby"),
    ],
)
def test_what_is_no_text_goes(sent, kept):
    assert clean(sent) == kept


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",  # Persian
        "ہ\u200dم نوکری",  # Urdu
        "क्\u200dष क्\u200cष",  # Hindi
        "ශ්\u200dරී",  # Sinhala
        "ภาษา\u200bไทย",  # Thai
        "\u200fسلام! Derby\u200e (1974)",
        "Tiếng Việt, Łódź, Świętosławska, dŵr, café, cafe\u0301",
        "בְּרֵאשִׁית",
        "ٱللَّٰه",
        "葛\U000e0100城",
        f"{FAMILY} {ENGLAND} ❤\ufe0f 1\ufe0f\u20e3 👋🏽 🧑🏽\u200d🚀 🏳\ufe0f\u200d🌈",
        "a" + "\u0301\u0302\u0323\u0327",
        "བསྒྲུབས",
        "x̲ £5 – “quoted” … • № ½",
    ],
)
def test_what_people_write_stays_letter_by_letter(text):
    assert clean(text) == text


def test_a_pile_of_marks_is_bounded():
    assert clean("Z" + "\u0321\u0301" * 12 + "a") == "Z\u0321\u0301\u0321\u0301a"


def test_one_line_has_no_line_ends():
    assert clean_line("Canals\vand\r\n\r\nlocks\there") == "Canals and locks here"


@pytest.mark.parametrize(
    "typed", ["873194", "٨٧٣١٩٤", "۸۷۳۱۹۴", "８７３１９４", "८७३१९४", "\u200e873194\u200f", "੮੭੩੧੯੪", "8\u200b73194"]
)
def test_digits_of_any_script_are_digits(typed):
    assert clean_number(typed) == "873194"


def test_signs_of_numbers_are_read():
    assert clean_number("−١٢٫٥") == "-12.5"


def test_files_are_cleaned_as_a_whole():
    read = {"title": "a\vb", "rows": [{"text": "c\r\nd"}, 5, None], "day": 3}

    assert clean_within(read) == {"title": "a\nb", "rows": [{"text": "c\nd"}, 5, None], "day": 3}


UNSEEN = "\r\n\v\x85\u200b\u200c\u200d\u200e\u200f\u061c\u202e\ufe0f\u0301\u0f72\u180b\U000e0067\U000e007f\U000e0100"
ODD = st.text(st.one_of(st.characters(), st.sampled_from(UNSEEN + "☀👩🏽ا क्ก🏴葛")))


@effort(deadline=None)
@given(ODD)
def test_cleaning_twice_is_cleaning_once(text):
    assert clean(clean(text)) == clean(text)


@effort(deadline=None)
@given(ODD)
def test_nothing_is_left_that_a_column_or_a_document_refuses(text):
    kept = clean(text)

    assert not re.search(f"[{text_cleaning.NEVER_STORED}\x00\ud800-\udfff]", kept)
    assert for_xml(kept) == kept


@effort(deadline=None)
@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_letters_figures_and_signs_are_never_touched(text):
    seen = "".join(letter for letter in text if letter not in "\u115f\u1160\u3164\uffa0\ufffc")

    assert clean(seen) == seen
    assert all(unicodedata.category(letter)[0] in "LNPSZ" for letter in clean(seen))
