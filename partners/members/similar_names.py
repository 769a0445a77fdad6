"""Names that pretend to be another: letters of several scripts in one word, what cannot be seen, addresses, and names
that look the same as one we have.

The table of letters is ours, and small: the scripts whose letters look like Latin ones to a reader here.
"""

import re
import unicodedata
from collections.abc import Iterable

from django.db.models import QuerySet

from cms.text import name_rules
from partners.models import Partner

# To each Latin letter those that a reader takes for it, as small ones: Cyrillic, Greek, Armenian, and of sounds.
_TAKEN_FOR = {
    "a": "аαɑ", "b": "вьβ", "c": "сϲ", "d": "ԁ", "e": "еєε", "f": "ſ", "g": "ɡց", "h": "һнհ", "i": "іιı", "j": "јȷϳ",
    "k": "кκ", "l": "ӏ", "m": "м", "n": "ոηп", "o": "оοօσ", "p": "рρ", "q": "ԛ", "r": "гɾ", "s": "ѕ", "t": "тτ",
    "u": "սυ", "v": "νѵ", "w": "ԝω", "x": "хχ", "y": "уγү",
}  # fmt: skip
_LIKE_LATIN = str.maketrans({other: latin for latin, others in _TAKEN_FOR.items() for other in others})
# What one takes for another within one script, after all else: 1, l and i; 0 and o.
_LIKE_EACH_OTHER = str.maketrans("1i0", "llo")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "HEBREW", "ARABIC", "GURMUKHI", "DEVANAGARI")
_BLANK = "\u115f\u1160\u2800\u3164\uffa0\u034f\u180e"  # seen as nothing, though they count as letters or marks
_LEFT_OUT = {"the", "and", "of", "ltd", "limited", "cio", "cic", "plc", "charity", "uk"}


def tidy(name: str) -> str:
    """As it is kept: one form of each letter, one space between words."""
    return " ".join(unicodedata.normalize("NFKC", name).split())


def mistakes(name: str) -> list[str]:
    """What is wrong with a name, in words for whoever typed it."""
    found = []
    if any(_is_unseen(letter) for letter in name):
        found.append("The name has a character in it that cannot be seen. Please type it again, without copying.")
    if name_rules.leads_somewhere(name):
        found.append(name_rules.WORDS)
    for word in re.findall(r"[^\W\d_]+", tidy(name)):
        scripts = {script for letter in word if (script := _script(letter))}
        if len(scripts) > 1:
            found.append(f"“{word}” mixes letters of two alphabets that look the same. Please type it again.")
        elif scripts & {"CYRILLIC", "GREEK", "ARMENIAN"} and _all_look_latin(word) and _has_latin(name):
            found.append(f"“{word}” is written with letters of another alphabet. Please type it again.")
    return found


def like(name: str, among: QuerySet[Partner] | None = None) -> list[Partner]:
    """Partners whose name, other name or former name looks the same as this one."""
    wanted = skeleton(name)
    partners = Partner.objects.all() if among is None else among
    found = partners.prefetch_related("former_names").order_by("name", "pk")
    return [partner for partner in found if wanted and wanted in skeletons(partner)]


def skeletons(partner: Partner) -> set[str]:
    """Of its name, other names and former names; asks for those unless they are loaded."""
    return {skeleton(name) for name in _names(partner)}


def skeleton(name: str) -> str:
    """The same for all names that look the same at a glance."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", tidy(name).casefold()) if not unicodedata.combining(letter)
    )
    plain = "".join(letter for letter in plain if not _is_unseen(letter)).translate(_LIKE_LATIN).replace("&", " and ")
    words = re.findall(r"[^\W_|]+", re.sub(r"['’‘`´.]", "", plain))
    kept = [word for word in words if word not in _LEFT_OUT] or words
    same = "".join(word.removesuffix("s") if len(word) > 3 else word for word in kept)
    return same.translate(_LIKE_EACH_OTHER).replace("rn", "m").replace("vv", "w")


def _names(partner: Partner) -> Iterable[str]:
    yield partner.name
    yield from re.split(r"[;,/]", partner.also_known_as)
    yield from (former.name for former in partner.former_names.all())


def _is_unseen(letter: str) -> bool:
    return letter in _BLANK or unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return next((script for script in _SCRIPTS if name.startswith(script)), "")


def _all_look_latin(word: str) -> bool:
    return all("a" <= letter <= "z" for letter in word.casefold().translate(_LIKE_LATIN))


def _has_latin(name: str) -> bool:
    return any(_script(letter) == "LATIN" for letter in name)
