from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.models import Ward
from city.wardmap import EDGE, LETTERS, _lines, draw
from tests import make


def ward(q, r, name="Abbey", pk=None):
    return Ward(pk=pk or 1000 * r + q, hex_q=q, hex_r=r, name=name, slug="abbey")


def corners(tile):
    return [tuple(map(int, point.split(","))) for point in tile.points.split()]


def test_tiles_come_from_north_to_south_and_west_to_east():
    places = [(1, 2), (0, 1), (2, 0), (0, 0), (1, 1)]

    drawn = draw([ward(q, r) for q, r in places])

    assert [(tile.ward.hex_q, tile.ward.hex_r) for tile in drawn.tiles] == [(0, 0), (2, 0), (0, 1), (1, 1), (1, 2)]


def test_the_ward_one_is_in_is_marked():
    wards = [ward(0, 0), ward(1, 0)]

    drawn = draw(wards, here=wards[1])

    assert [tile.is_here for tile in drawn.tiles] == [False, True]
    assert not any(tile.is_here for tile in draw(wards).tiles)


def test_a_city_without_wards_has_an_empty_map():
    drawn = draw([])

    assert drawn.tiles == []
    assert drawn.width > 0
    assert drawn.height > 0


places = st.sets(st.tuples(st.integers(0, 9), st.integers(-5, 9)), min_size=1, max_size=20)


@given(places)
def test_every_tile_lies_on_the_map(places):
    drawn = draw([ward(q, r) for q, r in places])

    for tile in drawn.tiles:
        for x, y in corners(tile):
            assert 0 <= x <= drawn.width
            assert 0 <= y <= drawn.height
        assert EDGE <= tile.x <= drawn.width - EDGE


@given(places)
def test_no_tile_lies_on_another(places):
    drawn = draw([ward(q, r) for q, r in places])

    middles = Counter((tile.x, tile.code_y) for tile in drawn.tiles)

    assert len(drawn.tiles) == len(places)
    assert set(middles.values()) == {1}


@given(st.tuples(st.integers(0, 5), st.integers(0, 5)), st.tuples(st.integers(0, 5), st.integers(0, 5)))
def test_wards_that_touch_lie_side_by_side(first, second):
    wards = ward(*first, pk=1), ward(*second, pk=2)

    one, other = sorted(draw(wards).tiles, key=lambda tile: tile.ward.pk)

    distance = ((one.x - other.x) ** 2 + (one.code_y - other.code_y) ** 2) ** 0.5
    assert wards[0].touches(wards[1]) is (90 < distance < 115)


def test_all_tiles_have_the_same_size():
    drawn = draw([ward(q, r) for q in range(3) for r in range(3)])

    widths = {max(x for x, _ in corners(tile)) - min(x for x, _ in corners(tile)) for tile in drawn.tiles}

    assert max(widths) - min(widths) <= 1  # rounded to whole units


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Abbey", ["Abbey"]),
        ("Mackworth & New Zealand", ["Mackworth &", "New Zealand"]),
        ("Chellaston & Shelton Lock", ["Chellaston", "& Shelton", "Lock"]),
        ("", []),
    ],
)
def test_a_long_name_is_broken_into_lines(name, lines):
    assert _lines(name) == lines


@given(st.text(st.sampled_from("ab &"), max_size=40))
def test_no_line_is_longer_than_its_longest_word_or_the_tile(name):
    lines = _lines(name)

    assert " ".join(lines).split() == name.split()
    assert all(len(line) <= LETTERS or " " not in line for line in lines)


def test_the_lines_of_a_name_stand_under_each_other_around_the_middle():
    [tile] = draw([ward(0, 0, "Mackworth & New Zealand")]).tiles

    heights = [y for y, _ in tile.lines]

    assert [later - earlier for earlier, later in pairwise(heights)] == [18]
    assert abs(sum(heights) / 2 - tile.code_y) <= 4


@pytest.mark.django_db
def test_every_tile_is_a_link_that_is_called_as_it_is_written(client):
    make.ward(name="Mackworth & New Zealand", slug="mackworth-new-zealand", hex_q=0, hex_r=0)
    make.ward(name="Abbey", slug="abbey", hex_q=1, hex_r=0)

    html = client.get("/wards/abbey/").content.decode()

    assert '<a href="/wards/mackworth-new-zealand/" class="tile" aria-label="MNZ: Mackworth &amp; New Zealand">' in html
    assert '<a href="/wards/abbey/" class="tile lit" aria-label="Abb: Abbey" aria-current="page">' in html
