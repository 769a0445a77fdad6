"""The wards as equal hexagons. No ward looks more important for being wide."""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from city.models import Ward

SIZE = 60  # from the middle of a tile to its corner, in the map's own units
ACROSS = SIZE * math.sqrt(3)
DOWN = SIZE * 1.5
EDGE = 8
LETTERS = 11  # in a line of a name


@dataclass(frozen=True)
class Tile:
    ward: Ward
    points: str
    x: int
    code_y: int
    lines: list[tuple[int, str]]
    is_here: bool
    is_lit: bool  # something is told there


@dataclass(frozen=True)
class WardMap:
    tiles: list[Tile]
    width: int
    height: int
    leads_to_stories: bool


def draw(
    wards: Iterable[Ward], here: Ward | None = None, lit: Collection[int] = (), *, leads_to_stories: bool = False
) -> WardMap:
    """Tiles row by row from north to south, which is also the order a screen reader and Tab meet them in.

    `lit` are keys of wards whose windows are lit.
    """
    ordered = sorted(wards, key=lambda ward: (ward.hex_r, ward.hex_q))
    first_row = min((ward.hex_r for ward in ordered), default=0)
    tiles = [_tile(ward, first_row, ward == here, ward == here or ward.pk in lit) for ward in ordered]
    rows = max((ward.hex_r for ward in ordered), default=0) - first_row
    columns = max((ward.hex_q + (ward.hex_r % 2) / 2 for ward in ordered), default=0) + 1
    width, height = round(2 * EDGE + ACROSS * columns), round(2 * EDGE + 2 * SIZE + rows * DOWN)
    return WardMap(tiles, width, height, leads_to_stories)


def _tile(ward: Ward, first_row: int, is_here: bool, is_lit: bool) -> Tile:
    x = EDGE + ACROSS * (ward.hex_q + (ward.hex_r % 2) / 2 + 0.5)
    y = EDGE + SIZE + (ward.hex_r - first_row) * DOWN
    corners = (
        (x + (SIZE - 3.5) * math.sin(k * math.pi / 3), y + (SIZE - 3.5) * math.cos(k * math.pi / 3)) for k in range(6)
    )
    words = _lines(ward.name)
    return Tile(
        ward=ward,
        points=" ".join(f"{px:.0f},{py:.0f}" for px, py in corners),
        x=round(x),
        code_y=round(y + 9),
        lines=[(round(y + 6 + (k - (len(words) - 1) / 2) * 18), line) for k, line in enumerate(words)],
        is_here=is_here,
        is_lit=is_lit,
    )


def _lines(name: str) -> list[str]:
    lines: list[str] = []
    for word in name.split():
        if lines and len(lines[-1]) + 1 + len(word) <= LETTERS:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
