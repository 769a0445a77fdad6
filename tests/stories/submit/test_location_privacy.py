"""A home is refused as a place, a public place is not."""

import pytest
from django.core.exceptions import ValidationError

from stories.submit import location_privacy


@pytest.mark.parametrize(
    "typed",
    [
        "12 Green Lane",
        "12a Green Lane, Derby",
        "12, Upper Dale Road",
        "Flat 3, St Peter’s Churchyard",
        "flat 3",
        "London Road 412",
        "Green Lane no. 7",
        "DE23 6AB",
        "de1 3gu",
        "at home",
        "Home",
        "my house",
        "our old house in Allenton",
        "my nan’s kitchen",
        "Grandma's house",
        "my friend's flat",
        "the street where we lived",
    ],
)
def test_a_home_is_refused_with_a_sentence(typed):
    with pytest.raises(ValidationError, match="somebody’s home"):
        location_privacy.check(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Derby Arboretum",
        "the railway works",
        "Normanton Road",
        "The Market Square in 1962",
        "1962 in the Market Place",
        "Platform 2 at the station",
        "Pickford’s House",
        "the Home Ground",
        "Derby Children’s Home",
        "The Silk Mill",
        "Plac Bema, Wrocław",
        "ڈربی",
    ],
)
def test_a_public_place_is_taken(typed):
    location_privacy.check(typed)
