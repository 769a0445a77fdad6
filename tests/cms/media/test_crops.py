import pytest

from cms.media import crops


@pytest.mark.parametrize(
    ("size", "focal", "box"),
    [
        ((1200, 630), (50, 50), (0, 0, 1200, 630)),
        ((1200, 1000), (50, 50), (0, 185, 1200, 815)),
        ((1200, 1000), (50, 0), (0, 0, 1200, 630)),
        ((1200, 1000), (50, 100), (0, 370, 1200, 1000)),
        ((2400, 630), (100, 50), (1200, 0, 2400, 630)),
        ((2400, 630), (25, 50), (0, 0, 1200, 630)),
        ((1, 1), (0, 0), (0, 0, 1, 1)),
        ((30000, 1), (100, 100), (29999, 0, 30000, 1)),
    ],
)
def test_a_crop_is_cut_around_the_focal_point_within_the_edges(size, focal, box):
    assert crops.box(size, crops.WIDE, focal) == box


@pytest.mark.parametrize(
    ("size", "crop"),
    [((4000, 3000), (1200, 630)), ((600, 600), (600, 315)), ((100, 3000), (100, 52)), ((1, 1), (1, 1))],
)
def test_a_crop_is_never_larger_than_the_picture(size, crop):
    assert crops.size_of(size, crops.WIDE) == crop
