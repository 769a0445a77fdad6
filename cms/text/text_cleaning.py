"""What may stand in a text that somebody sends, and how the rest is put right. Plain functions on strings.

    line ends         one LF, whatever was sent; soft breaks of word processors (U+000B, U+000C, U+0085, U+2028, U+2029)
                      too
    dropped           control characters but the tab, halves of surrogate pairs, noncharacters, letters nobody can see,
                      and those that turn the direction of what follows (U+202A–E, U+2066–9)
    kept in its place what scripts and emoji need: joiners in Arabic, Persian, Urdu and Indic words and between emoji,
                      variation selectors, the zero-width space of Thai and Khmer, direction marks beside right-to-left
                      letters, the tags of the flags of England, Scotland and Wales
    bounded           marks piled on one letter: Vietnamese needs two, Arabic three, pointed Hebrew four

Sources: Unicode 16, chapters 5.21, 9.2 and 23; UAX #9; UTR #36; XML 1.0, section 2.2.
"""

import re
import unicodedata

MOST_MARKS, MOST_TIBETAN_MARKS = 4, 8

# What no column of text may hold, as the inside of a bracket of a regular expression that Python and PostgreSQL read
# alike. PostgreSQL refuses U+0000 and surrogates by itself.
NEVER_STORED = r"\u0001-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff"  # fmt: skip
_LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef"
    "\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
)
_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]{1,30}\U000e007f"
_IN_ITS_PLACE = re.compile(
    f"(?P<flag>{_FLAG})|[\u061c\u180b-\u180d\u180f\u200b-\u200f\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef]"
)
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SIGNS_OF_NUMBERS = str.maketrans({"٫": ".", "٬": ",", "\u2212": "-"})


def clean(text: str) -> str:
    """The text as it may be counted, checked and stored, over one line or many. Cleaning it again changes nothing."""
    text = _LINE_END.sub("\n", text)
    text = _DROPPED.sub("", text)
    if text.isascii():
        return text
    text = _only_in_its_place(text)
    return _without_piles(text)


def clean_line(text: str) -> str:
    """The same for what is one line: line ends and tabs become a space."""
    return re.sub(r"[\n\t]+", " ", clean(text))


def clean_number(text: str) -> str:
    """The same where a number or a code is meant: digits of every script by their value, letters in their plain form
    (NFKC), and nothing that cannot be seen."""
    plain = unicodedata.normalize("NFKC", clean_line(text)).translate(_SIGNS_OF_NUMBERS)
    return "".join(
        str(unicodedata.decimal(letter)) if letter.isdecimal() else letter
        for letter in plain
        if unicodedata.category(letter) != "Cf"
    )


def clean_within(value):
    """Every text in lists and mappings, as read from a YAML or JSON file; anything else is given back as it is."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_within(one) for one in value]
    if isinstance(value, dict):
        return {clean_within(name): clean_within(one) for name, one in value.items()}
    return value


def holds_unseen(text: str) -> bool:
    """Whether a letter of it would be dropped, or moves nothing and shows nothing: for what has to be read exactly."""
    return any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in text) or (
        _DROPPED.search(text) is not None
    )


def for_xml(text: str) -> str:
    """With a space for what an XML document cannot hold at all, for the case that it reached a table nevertheless."""
    return _NOT_IN_XML.sub(" ", text)


def _only_in_its_place(text: str) -> str:
    has_right_to_left = None

    def keep(match: re.Match[str]) -> str:
        nonlocal has_right_to_left
        letter = match[0]
        if match["flag"]:
            return letter
        if letter in "\u061c\u200e\u200f":
            if has_right_to_left is None:
                has_right_to_left = any(unicodedata.bidirectional(one) in ("R", "AL") for one in _seen(text))
            return letter if has_right_to_left else ""
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        return letter if before and _belongs(letter, before, after) else ""

    return _IN_ITS_PLACE.sub(keep, text)


def _seen(text: str) -> str:
    return re.sub("[\u061c\u200e\u200f]", "", text)


def _belongs(letter: str, before: str, after: str) -> bool:
    """Whether an unseen letter does something between these two."""
    if letter == "\u200b":
        return _breaks_without_spaces(before) or _breaks_without_spaces(after)
    if letter == "\u200d" and _is_emoji(before) and after and unicodedata.category(after) == "So":
        return True
    if letter in "\u200c\u200d":
        return _joins(before)
    if "\u180b" <= letter <= "\u180f":
        return "\u1800" <= before <= "\u18af"
    if "\ufe00" <= letter <= "\ufe0f":
        return not _is_european(before) and unicodedata.category(before) not in ("Zs", "Cc", "Cf", "Mn", "Me")
    if letter >= "\U000e0100":
        return unicodedata.name(before, "").startswith("CJK ")
    return False


def _joins(letter: str) -> bool:
    """Scripts in which ZWJ and ZWNJ change how letters look: Arabic to Mandaic, Indic, Burmese, Khmer, Mongolian."""
    is_script = (
        "\u0600" <= letter <= "\u0dff"
        or "\u1000" <= letter <= "\u109f"
        or "\u1780" <= letter <= "\u18af"
        or "\ufb50" <= letter <= "\ufeff"
    )
    return is_script and unicodedata.category(letter)[0] in "LM"


def _breaks_without_spaces(letter: str) -> bool:
    """Thai, Lao, Tibetan, Burmese, Khmer."""
    return "\u0e00" <= letter <= "\u109f" or "\u1780" <= letter <= "\u17ff"


def _is_emoji(letter: str) -> bool:
    return unicodedata.category(letter) in ("So", "Sk") or letter in "\ufe0f\u20e3\U000e007f"


def _is_european(letter: str) -> bool:
    return letter.isalpha() and letter < "\u0530"


def _without_piles(text: str) -> str:
    kept, marks, most = [], 0, MOST_MARKS
    for letter in text:
        if unicodedata.category(letter) in ("Mn", "Me"):
            marks += 1
            if marks > most:
                continue
        else:
            marks, most = 0, MOST_TIBETAN_MARKS if "\u0f00" <= letter <= "\u0fff" else MOST_MARKS
        kept.append(letter)
    return "".join(kept)
