"""One rule for e-mail addresses."""

import pytest
from django.core.exceptions import ValidationError

from cms.text.email_addresses import clean, readable, tidy

UNSEEN = "\u200b\u200f\u202c\u2060\ufeff\u00ad"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("name@example.org", "name@example.org"),
        ("  Name+Tag@Example.ORG ", "name+tag@example.org"),
        *((f"{letter}name@example.org{letter}", "name@example.org") for letter in UNSEEN),
        ("user@münchen.example", "user@xn--mnchen-3ya.example"),
        ("user@XN--mnchen-3ya.example", "user@xn--mnchen-3ya.example"),
        ("user@mu\u0308nchen.example", "user@xn--mnchen-3ya.example"),
        ("user@example。org", "user@example.org"),
        ("o'brien@straße.example", "o'brien@xn--strae-oqa.example"),
    ],
)
def test_an_address_is_stored_in_one_way(typed, stored):
    assert clean(typed) == stored
    assert clean(clean(typed)) == stored
    assert stored.isascii()


@pytest.mark.parametrize(
    "typed",
    [
        "", "@", "name", "name@", "@example.org", "name@localhost", "name@host", "name@[127.0.0.1]", "name@127.0.0.1",
        "name@example..org", "name@-example.org", "name@exa_mple.org", "na me@example.org", "name@exam ple.org",
        "mıke@example.org", "ſam@example.org", "jürgen@example.org", "t2edıtor@example.org", "аdmin@example.org",
        *(f"na{letter}me@example.org" for letter in UNSEEN),
        *(f"name@exam{letter}ple.org" for letter in UNSEEN),
        "name@example.org\nBcc: other@example.org", f"{'a' * 65}@example.org", f"a@{'b' * 64}.org",
        f"a@{'.'.join(['b' * 60] * 5)}.org", "name@☃.example\u2028", "a@b@example.org", "name@example.org.",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_words(typed):
    with pytest.raises(ValidationError) as refused:
        clean(typed)

    assert len(str(refused.value.messages[0])) > 30


def test_what_is_no_address_is_given_back_to_be_mended():
    assert tidy(" mıke@example.org\u202c") == "mıke@example.org"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("user@xn--mnchen-3ya.example", "user@münchen.example"),
        ("user@example.org", "user@example.org"),
        ("user@xn--80ak6aa92e.com", "user@xn--80ak6aa92e.com"),  # looks like apple.com
        ("user@xn--a.example", "user@xn--a.example"),
        ("", ""),
    ],
)
def test_people_read_it_as_they_write_it(stored, shown):
    assert readable(stored) == shown
