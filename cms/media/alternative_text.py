"""What counts as the words for a picture: something a listener learns from, never the name of a file."""

import re

from django.core.exceptions import ValidationError

_FILE_NAME = re.compile(
    r"\S+\.(jpe?g|png|webp|heic|heif|gif|tiff?|bmp|svg)"
    r"|(img|dscn?|dscf|dcim|pxl|mvi|p|image|photo|picture|screenshot|scan)[-_ ]*[\d-]+\W*\d*",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(
    r"(an?|the|this|my|our|some)?\W*"
    r"(image|picture|photo(graph)?|pic|logo|graphic|icon|illustration|drawing|screen ?shot|thumbnail|header|banner"
    r"|untitled|alt(ernative)?( text)?|(no )?description|decorative|none|n/?a|tb[ca]|test|to do)s?"
    r"( (of|from|with|here))?\W*\d*\W*",
    re.IGNORECASE,
)
MIN_ALTERNATIVE_TEXT = 10


def check_alternative_text(text: str) -> None:
    """Raises ValidationError for a text that tells a listener nothing."""
    if _FILE_NAME.fullmatch(text):
        raise ValidationError(
            "That looks like the name of a file. Say in one short sentence what the picture shows.", code="file_name"
        )
    letters = sum(character.isalpha() for character in text)
    if _SAYS_NOTHING.fullmatch(text) or letters < MIN_ALTERNATIVE_TEXT or len(text.split()) < 2:
        raise ValidationError(
            "That does not tell a listener what the picture shows. Say it in one short sentence, for example "
            "“Two girls plant a tree in Arboretum park.”",
            code="says_nothing",
        )
