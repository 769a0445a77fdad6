"""Finding things in a list by a few questions: what may be asked, what fits, and how many fit each choice.

Within a question any of the chosen answers will do; all questions must fit. The count beside a choice says how many
things would be shown with it and the other questions as they are, so no reader walks into an empty page unwarned.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import CharField, F, QuerySet, Value
from django.http import QueryDict


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Question:
    name: str
    legend: str
    choices: list[Choice]

    @property
    def is_answered(self) -> bool:
        return any(choice.is_chosen for choice in self.choices)


class Finder:
    """One reader's search. What the address asks that does not exist is left out.

    `rows` are (key, facets) in the order of the list; `labels` the words of each choice, by question.
    """

    legends: Mapping[str, str]
    shown_first = 3  # questions; the rest are one step further away, so that a phone shows results soon
    page_size = 24

    def __init__(
        self,
        asked: QueryDict,
        rows: Iterable[tuple[int, Mapping[str, Collection[str]]]],
        labels: Mapping[str, Mapping[str, str]],
    ):
        self.rows = list(rows)
        self.labels = labels
        self.chosen = {
            name: [value for value in dict.fromkeys(asked.getlist(name)) if value in labels.get(name, {})]
            for name in self.legends
        }
        asked_for = {(name, value) for name in self.legends for value in asked.getlist(name)}
        # Something the address asks that is no choice here (any more); the reader is told.
        self.left_out = any(value not in self.chosen[name] for name, value in asked_for)
        self.found = [key for key, facets in self.rows if self._fits(facets)]
        self.page_count = max(1, -(-len(self.found) // self.page_size))
        self.page = self._page_of(asked.get("page", ""))

    def _page_of(self, text: str) -> int:
        wanted = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
        return min(max(wanted, 1), self.page_count)

    def _fits(self, facets: Mapping[str, Collection[str]], ignoring: str = "") -> bool:
        return all(
            not chosen or name == ignoring or any(value in facets[name] for value in chosen)
            for name, chosen in self.chosen.items()
        )

    @property
    def is_filtered(self) -> bool:
        return any(self.chosen.values())

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def count(self) -> int:
        return len(self.found)

    @property
    def keys(self) -> list[int]:
        """Of the things on this page of the list."""
        return self.found[(self.page - 1) * self.page_size : self.page * self.page_size]

    @property
    def first_questions(self) -> list[Question]:
        return self.questions[: self.shown_first]

    @property
    def more_questions(self) -> list[Question]:
        return self.questions[self.shown_first :]

    @property
    def asks_more(self) -> bool:
        return any(question.is_answered for question in self.more_questions)

    @cached_property
    def questions(self) -> list[Question]:
        """Those with more than one answer, each with its counts."""
        questions = []
        for name, legend in self.legends.items():
            counts = Counter(
                value for _, facets in self.rows if self._fits(facets, ignoring=name) for value in facets[name]
            )
            choices = [
                Choice(value, label, counts[value], value in self.chosen[name])
                for value, label in self.labels.get(name, {}).items()
                if counts[value] or value in self.chosen[name]
            ]
            if len(choices) > 1 or self.chosen[name]:
                questions.append(Question(name, legend, choices))
        return questions

    def address_of(self, page: int) -> str:
        query = [(name, value) for name, values in self.chosen.items() for value in values]
        return "?" + urlencode([*query, ("page", page)] if page > 1 else query)

    @property
    def previous_page(self) -> str:
        return self.address_of(self.page - 1) if self.page > 1 else ""

    @property
    def next_page(self) -> str:
        return self.address_of(self.page + 1) if self.page < self.page_count else ""


def named(question: str, queryset: QuerySet, words: str, rank: str = "") -> QuerySet:
    """The answers to one question as rows that can be united with those of others: question, rank, slug, words."""
    order = F(rank) if rank else Value(0)
    return queryset.order_by().values_list(Value(question, CharField()), order, "slug", F(words))


def read_labels(first: QuerySet, *others: QuerySet) -> dict[str, dict[str, str]]:
    """What `named` gives for several questions, read at once; each question's answers by rank, then A to Z."""
    labels: dict[str, dict[str, str]] = {}
    for question, _, slug, words in sorted(first.union(*others), key=lambda row: (row[0], row[1], row[3].casefold())):
        labels.setdefault(question, {})[slug] = words
    return labels
