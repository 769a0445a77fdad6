"""How old a reader has to be to read a text with ease.

The number is the grade of Flesch and Kincaid plus five: long sentences and long words make it rise. It is a rough
measure: it knows nothing of whether the words are the right ones, in a good order, or true; it says little about a few
sentences, and nothing about a table. A text below it can still be hard. So it only ever gives advice, and shows the
sentences that cause it.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from pyphen import Pyphen

from cms.quality.content_checks.texts import Text

TARGET_AGE = 11
ADULT = 18
FEWEST_WORDS = 30  # of a text about which the number says anything
_MOST_SENTENCES = 5
_LONGEST_WORD = 30  # letters; beyond that it is an address or a slip

# A sentence ends where the next one begins, but not after a title or a saint.
_END = re.compile(
    r"(?:(?<=[.!?…])|(?<=[.!?…][\"”’')\]]))"
    r"(?<!\bSt\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\be\.g\.)(?<!\bi\.e\.)"
    r" (?=[\"“‘'(\[]*[A-Z0-9])"
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_VOWELS = re.compile(r"[aeiouyàáâäèéêëìíîïòóôöùúûü]+")
_SILENT = re.compile(r"(?<=[^aeiouyl])e$|(?<=[^aeiouydt])ed$|(?<=[^aeiouyszxhcg])es$")

# Long, and yet in every Derby child's mouth. They count as short, as names do.
ORDINARY = {
    "activity", "activities", "area", "areas", "chocolate", "community", "computer", "derbyshire", "different",
    "education", "every", "everybody", "everyone", "everything", "families", "family", "february", "holiday",
    "holidays", "hospital", "idea", "ideas", "january", "library", "libraries", "museum", "museums", "november",
    "october", "organisation", "organisations", "parents", "partner", "partners", "playground", "primary",
    "programme", "programmes", "railway", "saturday", "secondary", "september", "somebody", "someone", "teacher",
    "teachers", "telephone", "together", "tomorrow", "university", "volunteer", "volunteers", "yesterday",
}  # fmt: skip
_ORDINARY_SYLLABLES = 2


def sentences(text: Text) -> list[str]:
    """Of paragraphs and lists; an item of a list is at least one. Headings are none."""
    return [sentence for block in text.blocks if not block.level for sentence in _END.split(block.words) if sentence]


def check(text: Text) -> Iterator[tuple[str, tuple[str, ...]]]:
    told = [sentence for sentence in sentences(text) if _WORD.search(sentence)]
    names = _names(told)
    years = round(age(told, names))
    if years <= TARGET_AGE or sum(len(_WORD.findall(sentence)) for sentence in told) < FEWEST_WORDS:
        return
    by_age = sorted(((age([sentence], names), sentence) for sentence in told), reverse=True)
    hardest = tuple(sentence for its_age, sentence in by_age[:_MOST_SENTENCES] if its_age > TARGET_AGE)
    reader = f"about {years}" if years <= ADULT else "an adult who reads a lot"
    words = (
        f"You have to be {reader} to read this with ease; we write for readers of {TARGET_AGE}. "
        "Shorter sentences and shorter words help. These are the hardest:"
    )
    yield words, hardest


def age(told: Iterable[str], names: frozenset[str] = frozenset()) -> float:
    words = [_WORD.findall(sentence) for sentence in told]
    count = sum(map(len, words))
    if not count:
        return 0
    spoken = sum(_spoken(word, names) for sentence in words for word in sentence)
    return 0.39 * count / len(words) + 11.8 * spoken / count - 15.59 + 5


def _names(told: Iterable[str]) -> frozenset[str]:
    """What has a capital inside a sentence: a place, a person, an organisation."""
    return frozenset(word for sentence in told for word in _WORD.findall(sentence)[1:] if word[0].isupper())


def _spoken(word: str, names: frozenset[str]) -> int:
    count = syllables(word.lower()[:_LONGEST_WORD])
    return min(count, _ORDINARY_SYLLABLES) if word in names or word.lower() in ORDINARY else count


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """Where a printer would divide it, or its groups of vowels if those are more: nobody divides off one letter."""
    groups = len(_VOWELS.findall(_SILENT.sub("", word)))
    hyphens = _hyphens()
    parts = len(hyphens.positions(word)) + 1
    hyphens.hd.cache.clear()  # it would remember every word for ever; here the newest are
    return max(1, groups, parts)


@cache
def _hyphens() -> Pyphen:
    return Pyphen(lang="en_GB")
