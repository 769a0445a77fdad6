"""What is written, what is asked for, and whether it is found: asked of PostgreSQL with the portal's configurations."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.search.normaliser import CAPITALS, STOP_WORDS, Question, index_text, loosened, normalise, spellings, tokens

pytestmark = pytest.mark.django_db


def same(*words, capitals=()):
    """Words that mean the same. What is in `capitals` means it only when it is written in capitals."""
    asked = {word: tuple(part for token in tokens(word) for part in token.parts) for word in words}
    written = {word: (CAPITALS + word.lower(),) if word in capitals else asked[word] for word in words}
    return {asked[word]: tuple(written[other] for other in words if other != word) for word in words}


SYNONYMS = (
    same("ESOL", "English classes", "English for speakers of other languages")
    | same("council tax reduction", "help with council tax", "CTR")
    | same("A&E", "emergency department", "casualty")
    | same("SEND", "special needs", "special educational needs", capitals=["SEND"])
    | same("PIP", "personal independence payment", "disability benefit", capitals=["PIP"])
)

PAIRS = [  # written, asked, found
    # F1
    ("The Pink Coconut/Ritzy and Zanzibar", "Ritzy", 1),
    ("The Pink Coconut/Ritzy and Zanzibar", "pink coconut", 1),
    ("we sold fish/chips", "chips", 1),
    ("we sold fish/chips", "fish and chips", 1),
    ("we sold fish/chips", "fish/chips", 1),
    ("came to the R.A.F. dance", "RAF", 1),
    ("came to the R.A.F. dance", "raf", 1),
    ("came to the R.A.F. dance", "R.A.F.", 1),
    ("he joined the RAF in 1940", "R.A.F.", 1),
    ("he joined the RAF in 1940", "r.a.f", 1),
    ("the R A F band", "RAF", 1),
    ("from the U.S.A. by sea", "USA", 1),
    ("In the Covid-19 spring", "covid 19", 1),
    ("In the Covid 19 spring", "covid-19", 1),
    ("In the Covid19 spring", "covid-19", 1),
    ("In the Covid 19 spring", "covid19", 1),
    ("In the Covid-19 spring", "Covid19", 1),
    ("In the Covid-19 spring", "covid", 1),
    ("In the Covid\u201119 spring", "covid 19", 1),
    ("see www.derbyhistory.example.org/trams/1904", "derbyhistory", 1),
    ("see www.derbyhistory.example.org/trams/1904", "trams 1904", 1),
    ("see www.derbyhistory.example.org/trams/1904", "www.derbyhistory.example.org", 1),
    ("the No.7 shop", "No. 7", 1),
    ("the No.7 shop", "No 7", 1),
    ("the No 7 shop", "No.7", 1),
    ("the No. 7 shop", "no7", 1),
    ("Class 08 engines", "class-08", 1),
    ("T 34", "T-34", 1),
    ("T-34", "T34", 1),
    ("the winter of 1950-51", "1950/51", 1),
    ("the winter of 1950-51", "1950\u201351", 1),
    ("the winter of 1950/51", "1950-51", 1),
    ("paid 1,250.75 pounds", "1250.75", 1),
    ("paid 1250.75 pounds", "1,250.75", 1),
    ("the RB211-22B engine", "rb211", 1),
    ("the RB211-22B engine", "RB 211", 1),
    ("the RB211-22B engine", "RB211-22B", 1),
    ("the 11-plus exam", "11 plus", 1),
    ("the 11-plus exam", "eleven", 0),
    ("drop-in for parents", "drop in", 1),
    ("drop-in for parents", "dropin", 1),
    ("a drop in for parents", "drop-in", 1),
    ("step free way in", "step-free", 1),
    ("e-mail us", "email", 1),
    ("email us", "e-mail", 1),
    ("DE24 8AX", "de24 8ax", 1),
    ("at 5pm", "5 pm", 1),
    ("the 1950s", "1950", 1),
    # holds today and must go on
    ("the Queen's school", "Queens", 1),
    ("the Queen\u2019s school", "queen's", 1),
    ("O'Brien", "obrien", 1),
    ("O\u2019Brien", "O'Brien", 1),
    ("O'Brien", "brien", 1),
    ("M&S food", "M&S", 1),
    ("M & S food", "M&S", 1),
    ("R&D at Rolls-Royce", "r&d", 1),
    ("C&A", "c & a", 0),
    ("C&A", "C & A", 1),
    ("Rolls-Royce", "rolls royce", 1),
    ("Rolls Royce", "Rolls-Royce", 1),
    ("Rolls\u2013Royce", "rollsroyce", 1),
    ("Caf\u00e9", "cafe", 1),
    ("Cafe\u0301", "caf\u00e9", 1),
    ("\u0141\u00f3d\u017a", "lodz", 1),
    ("\u015awi\u0119tos\u0142awska", "swietoslawska", 1),
    ("children's swimming", "childrens swim", 1),
    ("swimmers", "swimming", 0),
    ("the women's club", "women", 1),
    ("\u6771\u4eac\u304b\u3089\u6765\u305f", "\u6771\u4eac", 1),
    ("\u6771\u4eac\u304b\u3089\u6765\u305f", "\u4eac\u6771", 0),
    # F12
    ("the Loco\u00admotive Railway\u00adworks", "locomotive", 1),
    ("the Loco\u00admotive Railway\u00adworks", "railwayworks", 1),
    ("locomotive", "Loco\u00admotive", 1),
    ("zero\u200bwidth", "zerowidth", 1),
    ("a\u2060b", "ab", 1),
    # F13
    ("Learning IT", "IT", 1),
    ("Learning IT", "it", 1),
    ("how it was", "IT", 0),
    ("how it was then", "it", 0),
    ("Learning IT together", "IT courses", 0),
    ("IT courses", "IT courses", 1),
    ("made in the US", "US", 1),
    ("tell us", "US", 1),
    ("I.T. for all", "IT", 1),
    # F18
    ("\u0646\u0648\u06a9\u0631\u06cc", "\u0646\u0648\u0643\u0631\u064a", 1),
    ("\u0646\u0648\u0643\u0631\u064a", "\u0646\u0648\u06a9\u0631\u06cc", 1),
    ("in 1974", "\u06f1\u06f9\u06f7\u06f4", 1),
    ("\u0661\u0669\u0667\u0664", "1974", 1),
    ("\uff11\uff19\uff17\uff14", "1974", 1),
    ("fly a \U0001fa81", "\U0001fa81", 1),
    ("\u0645\u064e\u062f\u0631\u0633\u0629", "\u0645\u062f\u0631\u0633\u0647", 1),
    ("\u0622\u062c", "\u0627\u062c", 1),
    ("\u0a69\u0a6d", "37", 1),
    # synonyms
    ("English classes for beginners", "ESOL", 1),
    ("ESOL in Normanton", "english classes", 1),
    ("Council tax reduction scheme", "help with council tax", 1),
    ("Personal independence payment forms", "pip forms", 1),
    ("special educational needs group", "SEND group", 1),
    ("the casualty", "a&e", 1),
    ("send a letter", "special needs", 0),
    ("the SEND group", "special needs", 1),
    ("special needs", "send", 1),
    # operators
    ("tram and bus", "tram -bus", 0),
    ("tram", "tram -bus", 1),
    ("tram", "tram -tram", 0),
    ("a red tram stop", '"tram stop"', 1),
    ("stop the tram", '"tram stop"', 0),
    ("bus", "tram OR bus", 1),
    ("the Pink Coconut/Ritzy", '"coconut ritzy"', 1),
    ("x", "& | ! <-> :* ( ) '", 0),
    ("x", '"', 0),
    ("tram", "tram -", 1),
    ("self-help", "self -help", 0),
]

OURS = [  # as above
    # the same text in other letters
    ("2½ miles", "2 1/2 miles", 1),
    ("21/2 miles", "2½", 0),
    ("10²", "102", 1),
    ("ﬁsh", "fish", 1),
    ("İstanbul", "istanbul", 1),
    ("straße", "strasse", 1),
    ("ᏣᎳᎩ", "ᏣᎳᎩ", 1),
    ("Οδός", "ΟΔΟΣ", 1),
    ("שָׁלוֹם", "שלום", 1),
    ("مكتبة", "مکتبه", 1),
    ("می\u200cخواهم", "می خواهم", 1),
    ("می خواهم", "می\u200cخواهم", 1),
    ("می\u200cخواهم", "میخواهم", 1),
    ("و\u0640\u0640", "و", 1),
    # signs above and below letters belong to the word
    ("ਰੇਲਵੇ ਵਿੱਚ ਕੰਮ", "ਰੇਲਵੇ", 1),
    ("ਰੇਲਵੇ ਵਿੱਚ", "ਰਲਵ", 0),
    ("हिन्दी", "हिन्दी", 1),
    ("हिन्दी", "हन", 0),
    ("বাংলা", "বাংলা", 1),
    ("தமிழ்", "தமிழ்", 1),
    ("Yorùbá ẹ̀kọ́", "ẹ̀kọ́", 1),
    # figures, initials, addresses
    ("at 10.30", "10:30", 1),
    ("platform 2-3", "2 3", 1),
    ("1,000,000 stitches", "1000000", 1),
    ("10,30", "1030", 0),
    ("J.B. Smith", "JB Smith", 1),
    ("W.E.A. classes", "wea", 1),
    ("email us at ann@example.org", "example", 1),
    ("Y.M.C.A.", "YMCA", 1),
    ("a coming-of-age party", "coming of age", 1),
    ("a coming of age party", "coming-of-age", 1),
    ("rock'n'roll", "rock n roll", 1),
    # capitals
    ("THE TRAM STOPS HERE AND IT WILL NOT GO ON TO THE MARKET", "IT", 0),
    ("tram", "TRAM", 1),
    ("TRAM", "tram", 1),
    ("WHO guidance", "who", 1),
    ("who came", "WHO", 0),
    # pictures
    ("👩🏽‍🍳 and 🍲", "🍲", 1),
    ("🍲", "🪁", 0),
    ("❤️ Derby", "❤", 1),
    ("© Derby", "derby", 1),
    # operators
    ("tram and bus", "“tram and bus”", 1),
    ("tram", "tram OR", 1),
    ("tram", "OR tram", 1),
    ("bus", "tram OR bus OR train", 1),
    ("the red bus", 'tram OR "red bus"', 1),
    ("tram", '-"red bus" tram', 1),
    ("a red bus, a tram", '-"red bus" tram', 0),
    ("tram", "-bus", 0),
    ("steam and a whistle", "steam -whistle", 0),
    ("steam", "steam -whistle", 1),
    ("fish", "fish\\", 1),
    ("it's", "'", 0),
]


QUERY = """
SELECT to_tsvector(config, written) @@ (to_tsquery('stories_english', wanted) || to_tsquery('stories_plain', wanted))
    AND NOT to_tsvector(config, written)
        @@ (to_tsquery('stories_english', unwanted) || to_tsquery('stories_plain', unwanted))
FROM unnest(%s::text[], %s::text[], %s::text[]) WITH ORDINALITY AS pair (written, wanted, unwanted, number),
    CAST(%s AS regconfig) AS config
ORDER BY number
"""


def found(cases, config="stories_english"):
    """Whether each is found, in one statement."""
    written = [index_text(words) for words, _, _ in cases]
    asked = [Question(words, SYNONYMS) for _, words, _ in cases]
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [written, [one.wanted for one in asked], [one.unwanted for one in asked], config])
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("cases", [PAIRS, OURS], ids=["measured", "ours"])
def test_what_is_written_is_found_as_people_ask_for_it(cases):
    wrong = [case for case, is_found in zip(cases, found(cases), strict=True) if is_found != bool(case[2])]

    assert wrong == []


def test_words_of_other_languages_are_left_out_in_none():
    cases = [("Am venit IT", "IT", 1), ("să fie it", "it", 1), ("To jest tramwaj", "to", 1), ("Łódź", "lodz", 1)]

    assert found(cases, "stories_plain") == [True, True, True, True]


def test_english_leaves_out_the_words_we_think():
    asked = sorted(STOP_WORDS | {"railway", "us", "would"})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM unnest(%s::text[]) AS word WHERE to_tsvector('stories_english', word) = ''", [asked]
        )
        assert {row[0] for row in cursor.fetchall()} == STOP_WORDS


odd = st.text(
    st.one_of(
        st.sampled_from("&|!<->:*()'\"\\%_-/.@ \t\u00ad\u200d\u0301\ufe0f\u0640\u3164ORxq1"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=40,
)


@settings(max_examples=10, deadline=None)
@given(st.lists(odd, min_size=40, max_size=40))
def test_nothing_that_is_typed_is_an_error_or_a_rule_of_its_own(texts):
    """And a text of words alone is found by all of itself, unless English leaves out its words."""
    cases = [(text, "".join(c for c in text if c not in '-"“”„«»').replace("OR", "or"), 1) for text in texts]

    assert len(found([(text, text, 0) for text in texts])) == len(texts)
    for (text, asked, _), is_found in zip(cases, found(cases, "stories_plain"), strict=True):
        assert is_found or not Question(asked).wanted or index_text(text) != index_text(asked)


@given(st.text(max_size=40))
def test_what_is_normal_stays_as_it_is(text):
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("asked", "any_of"),
    [
        ("carnival trams", "carnival OR trams"),
        ("carnival", ""), ("-carnival -trams", ""), ("", ""), ("carnival -", ""),
        ('carnival "old tram" -bus', 'carnival OR "old tram"'),
        ("carnival OR trams", "carnival OR trams"),
    ],
)  # fmt: skip
def test_a_question_is_loosened_to_any_of_the_words_that_may_be_there(asked, any_of):
    assert loosened(asked) == any_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("At Rolls-Royce", {"at", "rolls", "royce", "rollsroyce"}), ("his/her 1962 RB211", {"his", "her", "rb"}),
        ("Loco\u00admotive 🪁", {"locomotive"}), ("drop–in", {"drop", "in", "dropin"}), ("ਰੇਲਵੇ", {"ਰੇਲਵੇ"}),
    ],
)  # fmt: skip
def test_only_words_are_offered_for_misspelt_ones(text, words):
    assert spellings(text) == words


@pytest.mark.parametrize(
    ("asked", "is_one"),
    [("tram", True), ("🪁", True), ("tram bus", False), ("covid-19", False), ("IT", False), ("tram -bus", False),
     ("", False)],
)  # fmt: skip
def test_it_is_known_whether_one_word_is_asked(asked, is_one):
    assert Question(asked).is_one_word == is_one
