"""Where to cut a picture, so that what matters stays in it."""

WIDE = (1200, 630)  # what networks and messages show of a page
SQUARE = (480, 480)

Size = tuple[int, int]


def box(size: Size, shape: Size, focal: Size) -> tuple[int, int, int, int]:
    """The largest part of this shape, as far around the focal point (in percent) as the edges allow."""
    width, height = _largest(size, shape)
    left = min(max(0, round(size[0] * focal[0] / 100 - width / 2)), size[0] - width)
    top = min(max(0, round(size[1] * focal[1] / 100 - height / 2)), size[1] - height)
    return left, top, left + width, top + height


def size_of(size: Size, shape: Size) -> Size:
    """How large the crop is: never larger than what there is."""
    return min(_largest(size, shape), shape)


def _largest(size: Size, shape: Size) -> Size:
    factor = min(size[0] / shape[0], size[1] / shape[1])
    return max(1, int(shape[0] * factor)), max(1, int(shape[1] * factor))
