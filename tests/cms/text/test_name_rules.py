"""Names that lead nowhere."""

import pytest
from django.core.exceptions import ValidationError

from cms.outbox import mail
from cms.text import name_rules

pytestmark = pytest.mark.django_db  # an email names the contact of About this site


@pytest.mark.parametrize(
    "name",
    [
        "https://evil.example/claim",
        "Win HTTP://evil.example",
        "ftp://evil.example",
        "Anna www.evil.example",
        "Anna WWW.evil.example",
        "evil.com",
        "Anna (evil.org/claim)",
        "anna@evil.example",
        "anna\uff20evil.example",
        "h\uff54tps\uff1a//evil.example",
    ],
)
def test_what_a_mail_would_make_a_link_of_is_no_name(name):
    assert name_rules.leads_somewhere(name)
    with pytest.raises(ValidationError, match="without an address"):
        name_rules.check(name)


@pytest.mark.parametrize(
    "name", ["", "Anna Kay", "St.Mary’s", "Dr. J. R. O’Neil-Smith", "Studio 9.30", "A<b>c & d", "Аня", "A: B // C"]
)
def test_honest_names_are_names_and_no_mail_makes_a_link_of_them(name):
    name_rules.check(name)

    assert mail.html_of("Hello", name).count("<a href") == mail.html_of("Hello", "Hello").count("<a href")
