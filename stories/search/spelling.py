"""What somebody may have meant by a word that no story has. Only words of published stories are ever suggested."""

import re

from django.db import connection

from cms.search.normaliser import normalise, spellings
from stories.search.search_index import CONFIG, PLAIN_CONFIG

SHORTEST = 4
_LONGEST, _MOST_WORDS = 24, 6
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"

# For each word: whether any story has it, and words that are spelt much like it, with how many stories have those.
_ALIKE = f"""
SELECT asked.word, unaccent(asked.word),
    EXISTS (SELECT FROM stories_storyindex WHERE search @@ (
        plainto_tsquery('{CONFIG}', asked.word) || plainto_tsquery('{PLAIN_CONFIG}', asked.word))),
    ARRAY(SELECT word FROM stories_searchword WHERE word %% unaccent(asked.word)
        ORDER BY similarity(word, unaccent(asked.word)) DESC, stories DESC, word LIMIT 20)
FROM unnest(%s::text[]) AS asked (word)
"""  # noqa: S608 - two names of ours
_NEAR = "SELECT word, stories FROM stories_searchword WHERE word = ANY(%s)"


def corrected(words: str) -> str:
    """The question with each word that no story has replaced by the likeliest one; empty where none is likely."""
    words = normalise(words)
    asked = [word for word in sorted(spellings(words)) if SHORTEST <= len(word) <= _LONGEST][:_MOST_WORDS]
    if not asked:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, [asked])
        rows = [(word, plain, alike) for word, plain, is_found, alike in cursor.fetchall() if not is_found]
        near = {plain: {*alike, *_one_slip(plain)} for _, plain, alike in rows}
        cursor.execute(_NEAR, [sorted(set().union(*near.values()))])
        stories = dict(cursor.fetchall())
    meant = {word: _likeliest(plain, near[plain] & stories.keys(), stories) for word, plain, _ in rows}
    result = words
    for word, better in meant.items():
        if better:
            result = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", better, result, flags=re.IGNORECASE)
    return result if result != words else ""


def _likeliest(word: str, candidates: set[str], stories: dict[str, int]) -> str:
    """The fewest slips, then the word that most stories have. A third of a word may be wrong, and no more."""
    close = [(slips(word, candidate), -stories[candidate], candidate) for candidate in candidates]
    close = [found for found in close if found[0] <= max(1, len(word) // 3)]
    return min(close)[2] if close else ""


def _one_slip(word: str) -> set[str]:
    """Every way to write it with one letter too many, one missing, one wrong, or two swapped. The words that three
    letters in a row have in common (pg_trgm) leave out short ones whose letters are swapped."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    fewer = {before + after[1:] for before, after in cuts if after}
    swapped = {before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1}
    other = {before + letter + after[1:] for before, after in cuts if after for letter in _ALPHABET}
    more = {before + letter + after for before, after in cuts for letter in _ALPHABET}
    return (fewer | swapped | other | more) - {word}


def slips(one: str, other: str) -> int:
    """How many letters were left out, added, mistaken or swapped with the next."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, before, row = before, row, [i]
        for j, found in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != found))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == found:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]
