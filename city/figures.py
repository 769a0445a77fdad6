"""Reading figures together: which agree, and which answer one question in different ways."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

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
    """Those that stand alone or agree (once each), and the disagreements.

    Only figures of one page or programme can disagree: the same words elsewhere are about something else.
    """
    groups: dict[tuple[object, ...], dict[object, list[Figure]]] = {}
    for figure in figures:
        about = (type(figure), figure.about_id, figure.question) if figure.question else (type(figure), figure.pk)
        groups.setdefault(about, {}).setdefault((figure.value, figure.unit, figure.is_more_than), []).append(figure)
    agreed = [next(iter(values.values()))[0] for values in groups.values() if len(values) == 1]
    disputed = [
        Disagreement(str(about[-1]), [Claim(same) for same in values.values()])
        for about, values in groups.items()
        if len(values) > 1
    ]
    return agreed, disputed


class Change:
    """A figure with its value before, as the small chart of the two draws it: places are percent of the width."""

    def __init__(self, figure: Figure):
        self.figure = figure
        low, high = sorted((figure.before or Decimal(0), figure.value))
        step = _round_step(high - low or abs(high) or Decimal(1))
        self.low = ((low - step / 2) / step).to_integral_value(ROUND_FLOOR) * step
        self.high = ((high + step / 2) / step).to_integral_value(ROUND_CEILING) * step
        if low >= 0:
            self.low = max(self.low, Decimal(0))
        self.before_at = self._place(figure.before or Decimal(0))
        self.after_at = self._place(figure.value)

    def _place(self, value: Decimal) -> float:
        return round(6 + 88 * float((value - self.low) / (self.high - self.low)), 1)

    @property
    def scale(self) -> str:
        return f"{self.figure.written(self.low)} to {self.figure.written(self.high)}"

    @property
    def in_words(self) -> str:
        return f"{self.figure.number_before} before, {self.figure.number} after."


def _round_step(span: Decimal) -> Decimal:
    """1, 2 or 5 times a power of ten, nearest above the span."""
    power = Decimal(10) ** span.adjusted()
    return next(step * power for step in (1, 2, 5, 10) if step * power >= span)
