import pytest

from stories.publication import name_detection


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Amy Jones", "Then Amy Jones came."),
        ("Amy Jones", "AMY  JONES"),
        ("Amy Jones", "Jones, Amy"),
        ("Amy Jones", "amy-jones’s hat"),
        ("Amy Jones", "Am\u00ady Jo\u200bnes"),  # letters nobody sees
        ("Amy Louise Jones", "Amy Jones"),
        ("Amy Louise Jones", "Louise Jones"),
        ("Amy Jones", "my friend Amy\nJones"),
        ("Mary-Ann Smith", "Mary Ann Smith"),
        ("Mary Ann Smith", "MaryAnn Smith"),
        ("Zoë Łukaszewska", "zoe lukaszewska"),
        ("Jose Alvarez", "José Álvarez"),
        ("my sister Amy Jones", "Amy Jones"),
        ("Amy and Ben Jones", "Ben Jones"),
        ("Amy Brown", "Amy Brown"),
        ("Amy Young", "Amy Young"),
        ("Ｍia Ｋhan", "Mia Khan"),
        ("ਅਮਨ ਸਿੰਘ", "ਫਿਰ ਅਮਨ ਸਿੰਘ ਆਇਆ"),
        ("王小明", "我叫王小明。"),
    ],
)  # fmt: skip
def test_a_full_name_is_found_however_it_is_written(name, text):
    assert name_detection.holds(text, name_detection.ways(name))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Amy Jones", "Amy came, and later the Jones family."),
        ("Amy", "Amy came"),
        ("my sister", "I went there with my sister."),
        ("My older brother", "my older brother"),
        ("two girls from the next class", "two girls from the next class"),
        ("Amy Jones", "Camy Jonesby"),
        ("Ann Lee", "The plan led us"),
        ("Amy Jones", ""),
        ("", "Amy Jones"),
        ("???", "???"),
    ],
)
def test_what_is_no_full_name_is_left_alone(name, text):
    assert not name_detection.holds(text, name_detection.ways(name))


def test_what_certainly_is_a_name_is_one_whatever_its_words_mean_otherwise():
    assert name_detection.ways("Miss Child") == set()
    assert name_detection.holds("told by Miss Child", name_detection.ways("Miss Child", is_name=True))


@pytest.mark.parametrize(
    ("first", "second", "is_found"),
    [
        ("Me and Amy", "Jones, that was us.", True),
        ("About the Joneses", "Amy came, too.", False),
        ("Jones", "Amy", True),
        ("Amy", "We met the family Jones much later", False),
        ("", "Amy", False),
    ],
)
def test_a_full_name_split_over_two_texts_is_found(first, second, is_found):
    texts = [("the title", first), ("the place", "Derby"), ("the story", second)]

    found = name_detection.split_over(texts, name_detection.ways("Amy Jones"))

    assert found in ([("the title", "the story"), ("the story", "the title")] if is_found else [None])


def test_a_long_text_takes_no_time():
    assert not name_detection.holds("amy jane " * 10_000, name_detection.ways("Amy Jones"))
