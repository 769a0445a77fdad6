import pytest

from cms.quality.content_checks import reading_age, texts

EASY = (
    "<p>We meet in the park. Bring a friend. The day is free. Stay for an hour or all day. We play and read.</p>"
    "<p>If it rains, we meet in the hall by the river. Ask us at the door.</p>"
)
HARD = (
    "Notwithstanding considerable organisational heterogeneity, participating institutions collaboratively implemented "
    "comprehensive interventions addressing intergenerational disadvantage throughout administrative areas."
)


def found(html):
    return list(reading_age.check(texts.read(html)))


def age(words):
    return reading_age.age(reading_age.sentences(texts.read(f"<p>{words}</p>")))


def test_an_easy_text_is_left_alone():
    assert found(EASY) == []


def test_a_hard_text_is_shown_with_the_sentences_that_cause_it():
    [(words, details)] = found(f"{EASY}<p>{HARD} {HARD}</p>")

    assert "we write for readers of 11" in words
    assert set(details) == {HARD}


def test_of_many_hard_sentences_the_hardest_are_shown():
    [(_, details)] = found("".join(f"<p>{HARD} Number {number}.</p>" for number in range(20)))

    assert len(details) == 5


def test_a_few_words_say_nothing_about_a_reader():
    assert found("<p>Comprehensive organisational interventions.</p>") == []


def test_each_item_of_a_list_is_a_sentence():
    items = "".join("<li>a book for the road</li>" for _ in range(20))

    assert found(f"<p>Bring these</p><ul>{items}</ul>") == []
    assert len(reading_age.sentences(texts.read(f"<ul>{items}</ul>"))) == 20


def test_headings_are_no_sentences():
    assert reading_age.sentences(texts.read("<h2>What it is</h2><p>It is a walk.</p>")) == ["It is a walk."]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("It rains. We stay.", ["It rains.", "We stay."]),
        ("It rains! “We stay.” So do you?", ["It rains!", "“We stay.”", "So do you?"]),
        ("Ask at St. Peter’s, e.g. Dr. Hill.", ["Ask at St. Peter’s, e.g. Dr. Hill."]),
        ("It costs £2.50 a day.", ["It costs £2.50 a day."]),
        ("It began in 2018. 33 schools came.", ["It began in 2018.", "33 schools came."]),
    ],
)
def test_where_a_sentence_ends(words, told):
    assert reading_age.sentences(texts.read(f"<p>{words}</p>")) == told


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("a", 1),
        ("table", 2),
        ("people", 2),
        ("worked", 1),
        ("houses", 2),
        ("education", 4),
        ("university", 5),
        ("zzz", 1),
    ],
)
def test_how_many_syllables_a_word_has(word, count):
    assert reading_age.syllables(word) == count


def test_names_do_not_make_a_text_hard():
    names = reading_age.check(
        texts.read(f"<p>{'We went to Nottinghamshire with Bartholomew Featherstonehaugh today. ' * 6}</p>")
    )

    assert list(names) == []


def test_ordinary_long_words_do_not_make_a_text_hard():
    assert age("Derby has a university.") == age("Derby has a table.")
