"""Reading figures together: which agree, and which answer one question in different ways."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from city.models import Figure


@dataclass(frozen=True)
class Claim:
    """One value, and everyone who gives it."""

    figures: list[Figure]

    @property
    def first(self) -> Figure:
        return self.figures[0]


@dataclass(frozen=True)
class Disagreement:
    """One question that sources answer in different ways."""

    question: str
    claims: list[Claim]

    @property
    def first(self) -> Figure:
        return self.claims[0].first

    @property
    def numbers(self) -> str:
        """All the values in words, in the order of the page: “33 or 32”."""
        return " or ".join(claim.first.number for claim in self.claims)


def read(figures: Iterable[Figure]) -> tuple[list[Figure], list[Disagreement]]:
    """Those that stand alone or agree (once each), and the disagreements."""
    groups: dict[object, dict[object, list[Figure]]] = {}
    for figure in figures:
        groups.setdefault(figure.question or figure.pk, {}).setdefault(figure.value, []).append(figure)
    agreed = [next(iter(values.values()))[0] for values in groups.values() if len(values) == 1]
    disputed = [
        Disagreement(str(question), [Claim(same) for same in values.values()])
        for question, values in groups.items()
        if len(values) > 1
    ]
    return agreed, disputed


class Change:
    """A figure with its value before, as the small chart of the two draws it: places are percent of the width."""

    def __init__(self, figure: Figure):
        self.figure = figure
        low, high = sorted((float(figure.before or 0), float(figure.value)))
        step = _round_step(high - low or high or 1)
        self.low = math.floor((low - step / 2) / step) * step
        self.high = math.ceil((high + step / 2) / step) * step
        if low >= 0:
            self.low = max(self.low, 0)
        self.before_at = self._place(float(figure.before or 0))
        self.after_at = self._place(float(figure.value))

    def _place(self, value: float) -> float:
        return round(6 + 88 * (value - self.low) / (self.high - self.low), 1)

    @property
    def scale(self) -> str:
        low, high = (self.figure.written(Decimal(str(edge))) for edge in (self.low, self.high))
        return f"{low} to {high}"

    @property
    def in_words(self) -> str:
        return f"{self.figure.number_before} before, {self.figure.number} after."


def _round_step(span: float) -> float:
    """1, 2 or 5 times a power of ten, nearest above the span."""
    power = 10 ** math.floor(math.log10(span))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= span)
