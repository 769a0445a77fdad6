"""One form of words for what is indexed and for what is asked, so that PostgreSQL's own parser decides nothing.

`index_text` is what to_tsvector is given, a `Question` what to_tsquery is given. Both hold words of letters, digits
and marks alone: nothing a reader types can be an operator, and “Covid-19”, “Covid 19” and “covid19” are read
alike on both sides. Accents and stems are left to the text search configuration.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


def _ranges_of_marks() -> Iterator[tuple[int, int]]:
    """Python's own \\w knows no vowel signs of Indic scripts. Beyond U+1E94A are only selectors, which we drop."""
    first = last = 0
    for code in range(0x300, 0x1E950):
        if unicodedata.category(chr(code))[0] == "M":
            if code != last + 1:
                if first:
                    yield first, last
                first = code
            last = code
    yield first, last


VERSION = 1  # raise it when `index_text` gives other words: what was indexed before is then indexed again

# Words of our own, beginning with letters that no language begins a word with.
CAPITALS, SIGN, END = "xqc", "xqs", "xqend"
LONGEST_JOINED = 30  # letters of parts that are also read as one word; what is longer is an address

_HYPHENS = "-\u2010-\u2015\u2212"
_JOINER = rf"[{_HYPHENS}/\u2044.&+_@:'\u00b7]"
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"  # each sign is a word
# Vowel signs, and accents that no letter was made with.
_MARK = "".join(f"{chr(first)}-{chr(last)}" for first, last in _ranges_of_marks())
_POINTS = re.compile(
    "[\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]"
)  # vowels of Hebrew, Arabic
_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_FRACTION = re.compile("(?=[\u00bc-\u00be\u2150-\u215e])")

# Letters that are typed for one another, and letters that nobody sees.
_FOLD = str.maketrans(
    dict.fromkeys("\u064a\u0649\u06d0\u06cd\u0626", "\u06cc")  # yeh
    | {"\u0643": "\u06a9", "\u0624": "\u0648", "\u0640": None}  # kaf, waw, the stroke that only lengthens
    | dict.fromkeys("\u06c1\u06c2\u06c3\u06be\u0629\u06d5", "\u0647")  # heh
    | dict.fromkeys("\u0623\u0625\u0622\u0671", "\u0627")  # alef
    | dict.fromkeys("\u2019\u2018\u02bc\u02b9\u2032\u00b4`\uff07\u05f3", "'")
    | {"\u0130": "I", "\u0131": "i", "\u017f": "s"}
    | dict.fromkeys(map(chr, (*range(0xFE00, 0xFE10), 0x34F, 0x115F, 0x1160, 0x3164)))
)
_ARABIC_JOIN = re.compile("(?<=[\u0600-\u06ff])\u200c(?=[\u0600-\u06ff])")  # Persian writes “می‌شود” apart, or not

_CLUSTER = re.compile(rf"(?:[^\W_][{_MARK}]*)+(?:{_JOINER}{{1,2}}(?:[^\W_][{_MARK}]*)+)*")
_PART = re.compile(rf"[{_UNSPACED}][{_MARK}]*|\d+|(?:[^\W\d_{_UNSPACED}][{_MARK}]*)+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SPACED_LETTERS = re.compile(r"(?<![^\W_])[A-Z](?:(?: & | )[A-Z](?![^\W_]))+")  # “R A F”, “M & S”
_POSSESSIVE = re.compile(r"'(s|t|d|m|ll|re|ve)$", re.IGNORECASE)
_ONE_SIGN = re.compile(rf"[\d{_UNSPACED}]")
_ASKED = re.compile(r'(-?)(?:"([^"]*)"|([^\s"]+))')
_QUOTES = dict.fromkeys(map(ord, "\u201c\u201d\u201e\u00ab\u00bb"), '"')

# What the configuration for English leaves out (PostgreSQL's english.stop; a test compares them).
STOP_WORDS = frozenset(
    """a about above after again against all am an and any are as at be because been before being below between both but
    by can did do does doing don down during each few for from further had has have having he her here hers herself him
    himself his how i if in into is it its itself just me more most my myself no nor not now of off on once only or
    other our ours ourselves out over own s same she should so some such t than that the their theirs them themselves
    then there these they this those through to too under until up very was we were what when where which while who
    whom why will with you your yours yourself yourselves""".split()  # noqa: SIM905 - read as the sentence it is
)
# Often in capitals for their weight alone.
_NO_INITIALS = frozenset({"AND", "OR", "NOT", "THE", "FOR", "TO", "OF", "IN", "ON", "AT", "BY", "IS", "NO"})

Words = tuple[str, ...]
Synonyms = Mapping[Words, tuple[Words, ...]]  # words of a question: words that mean the same


@dataclass(frozen=True)
class Token:
    """What stands between two spaces: its parts, all of them as one word, and a word for its capitals."""

    written: str
    parts: Words
    joined: str = ""
    capitals: str = ""


def normalise(text: str) -> str:
    """The same text for readers' eyes: one form of each letter, digits by value, nothing that is not seen."""
    text = _FRACTION.sub(" ", _ARABIC_JOIN.sub("-", text))
    text = unicodedata.normalize("NFKC", text).translate(_FOLD)
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _POINTS.sub("", "".join(map(_seen, text))))


def _seen(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Cf":
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(letter))
    # Accents of Latin letters are left to `unaccent`, which knows none of Greek ones.
    return unicodedata.normalize("NFD", letter)[0] if _GREEK.match(letter) else letter


def tokens(text: str) -> list[Token]:
    text = _THOUSANDS.sub("", " ".join(normalise(text).split()))
    text = _SPACED_LETTERS.sub(lambda found: re.sub(r"[ &]+", ".", found.group()), text)
    if not text.isascii():
        text = "".join(map(_sign, text))
    letters = [letter for letter in text if letter.isalpha()]
    is_shouted = len(text) > 40 and sum(map(str.isupper, letters)) * 2 > len(letters)
    return [_token(found.group(), is_shouted) for found in _CLUSTER.finditer(text)]


def _sign(letter: str) -> str:
    """A picture sign as a word of letters alone; the parser would split one with digits in it."""
    if letter < "\u2100" or unicodedata.category(letter) != "So":
        return letter
    return f" {SIGN}{f'{ord(letter):x}'.translate(str.maketrans('0123456789', 'ghijklmnop'))} "


def _token(cluster: str, is_shouted: bool) -> Token:
    short = _POSSESSIVE.sub(r"\1", cluster)  # Queen's: queens
    parts = tuple(part.lower().replace("\u03c2", "\u03c3") for part in _PART.findall(short))
    bare = re.sub(r"[.&']", "", cluster)
    is_initials = 2 <= len(bare) <= 5 and bare.isascii() and bare.isalpha() and bare.isupper()
    capitals = CAPITALS + bare.lower() if is_initials and not is_shouted and bare not in _NO_INITIALS else ""
    if len(parts) > 1 and all(len(part) == 1 and not _ONE_SIGN.match(part) for part in parts):
        return Token(cluster, ("".join(parts),), capitals=capitals)  # R.A.F. is one word
    whole = "".join(parts)
    is_joined = 1 < len(parts) <= 4 and len(whole) <= LONGEST_JOINED and not re.search(f"[{_UNSPACED}]", whole)
    return Token(cluster, parts, whole if is_joined else "", capitals)


def index_text(text: str) -> str:
    """Words in their order, so that phrases hold; after them, where no phrase reaches, joined words as one."""
    found = tokens(text)
    more = dict.fromkeys(word for token in found for word in (token.joined, token.capitals) if word)
    return " ".join([*(part for token in found for part in token.parts), *([END, *more] if more else [])])


def spellings(text: str) -> set[str]:
    """Words by which a misspelt one may be put right: no figures, no signs, and joined only what has a hyphen."""
    found = set()
    for token in tokens(text):
        is_hyphened = token.joined and not re.search("[/\u2044.&+_@:'\u00b7]", token.written)
        found |= {*token.parts, *([token.joined] if is_hyphened else [])}
    return {word for word in found if not re.search(r"\d", word) and not word.startswith(SIGN)}


class Question:
    """What somebody asks: words, "phrases", -words and OR.

    `wanted` and `unwanted` are to be given to to_tsquery. Where it is asked of several configurations, what fits is
    wanted by any of them and unwanted by none. Both are empty where nothing can be asked. `synonyms` are words that
    are looked for as well; those that mean it in capitals alone are written as CAPITALS + word.
    """

    def __init__(self, text: str, synonyms: Synonyms | None = None):
        self._synonyms = synonyms or {}
        groups = list(_groups(text))
        asked = [token for sign, _, words, _ in groups if sign != "-" for token in tokens(words)]
        # “IT”, “who”: where all is left out in English, what is written in capitals is meant.
        self._only_stop_words = all(STOP_WORDS.issuperset(token.parts) for token in asked)
        good, bad = self._terms(groups)
        # Words that must not be there alone, or must be there and must not: all would be read for it.
        can_ask = bool(good) and not set(good) & set(bad)
        self.wanted = " & ".join(f"({term})" for term in good) if can_ask else ""
        self.unwanted = " | ".join(f"({term})" for term in bad) if can_ask else ""
        self.is_one_word = len(good) == 1 and not bad and re.fullmatch("'[^']*'", good[0]) is not None

    def _terms(self, groups: list[tuple[str, bool, str, bool]]) -> tuple[list[str], list[str]]:
        """Terms that must be there, and terms that must not. Plain words that stand together are read together."""
        good: list[str] = []
        bad: list[str] = []
        run: list[str] = []
        run_is_or = False

        def add(terms: list[str], is_or: bool) -> None:
            if is_or and good and terms:
                good[-1] += f" | {terms.pop(0)}"
            good.extend(terms)

        for sign, is_phrase, words, is_or in groups:
            if sign == "-" or is_phrase or is_or:
                add(self._run(" ".join(run)), run_is_or)
                run, run_is_or = [], is_or
            if sign == "-":
                bad += filter(None, [self._phrase(tokens(words))])
            elif is_phrase:
                add(list(filter(None, [self._phrase(tokens(words))])), is_or)
                run_is_or = False
            else:
                run.append(words)
        add(self._run(" ".join(run)), run_is_or)
        return good, bad

    def _run(self, words: str) -> list[str]:
        """A term for each word, or for several that have synonyms."""
        found, terms, at = tokens(words), [], 0
        longest = max(map(len, self._synonyms), default=0)
        while at < len(found):
            for count in range(min(longest, len(found) - at), 0, -1):
                here = found[at : at + count]
                same = self._synonyms.get(tuple(part for token in here for part in token.parts))
                if same:
                    terms.append(_any_of([self._phrase(here), *map(_in_order, same)]))
                    at += count
                    break
            else:
                terms.append(self._one(found[at]))
                at += 1
        return terms

    def _phrase(self, found: list[Token]) -> str:
        if len(found) == 1:
            return self._one(found[0])
        return _in_order(tuple(part for token in found for part in token.parts))

    def _one(self, token: Token) -> str:
        """The word; of joined ones the whole, too; of a word that English leaves out its capitals."""
        either = [_in_order(token.parts), *([_quoted(token.joined)] if token.joined else [])]
        if STOP_WORDS.issuperset(token.parts) and (token.capitals or self._only_stop_words):
            either.append(_quoted(token.capitals or CAPITALS + "".join(token.parts)))
        return _any_of(either)


def loosened(text: str) -> str:
    """The same question for any of its words; empty if there is one only, or none that must be there."""
    words = [f'"{words}"' if is_phrase else words for sign, is_phrase, words, _ in _groups(text) if sign != "-"]
    words = [word for word in words if tokens(word)]
    return " OR ".join(words) if len(words) > 1 else ""


def _groups(text: str) -> Iterator[tuple[str, bool, str, bool]]:
    """The sign before it, whether it is quoted, its words, and whether OR stands before it. A lone quote is none."""
    text = text.translate(_QUOTES)
    if text.count('"') % 2:
        text = " ".join(text.rsplit('"', 1))
    is_or = False
    for sign, quoted, words in _ASKED.findall(text):
        if words == "OR" and not sign:
            is_or = True
            continue
        yield sign, bool(quoted), quoted or words, is_or
        is_or = False


def _any_of(terms: list[str]) -> str:
    return terms[0] if len(terms) == 1 else " | ".join(f"({term})" for term in terms)


def _in_order(words: Words) -> str:
    return " <-> ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    return f"'{word}'"
