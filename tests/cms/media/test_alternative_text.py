import pytest
from django.core.exceptions import ValidationError

from cms.media.alternative_text import check_alternative_text


@pytest.mark.parametrize(
    "text",
    [
        "IMG_1234.jpg",
        "IMG_1234",
        "img 20240101 120000",
        "DSC01234.JPEG",
        "photo.png",
        "holiday-2019.webp",
        "Screenshot 2024-01-01",
        "image",
        "Image of",
        "a picture",
        "Photo",
        "the logo",
        "logo 2",
        "photograph",
        "untitled",
        "none",
        "n/a",
        "test",
        "...",
        "😀😀😀😀",
        "1234567890 12",
        "Arboretum",
        "x y z",
    ],
)
def test_a_description_that_tells_nothing_is_refused(text):
    with pytest.raises(ValidationError):
        check_alternative_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "Two girls plant a tree in Arboretum park.",
        "Picture of the silk mill at night",
        "Children on a stage",
        "Logo of Derby Book Festival",
        "Dzieci na scenie",
        "ਡਰਬੀ ਵਿੱਚ ਬੱਚੇ ਪੜ੍ਹਦੇ ਹਨ",
    ],
)
def test_a_description_is_taken(text):
    check_alternative_text(text)
