import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User

ADA = User(email="ada.lovelace@example.org", name="Ada Lovelace")


@pytest.mark.parametrize(
    "password",
    [
        "short enough"[:11],
        "123456789012",
        "password1234",
        "derbyderbyderby",
        "Derby County 1884",
        "D3rby-C0uncil-2026",
        "LearningCity2026!",
        "Better Together!",
        "ThisIsDerby1234",
        "bettertogether derby",
        "Rolls-Royce Derby 1",
        "abcabcabcabcabc",
        "............",
        "07700 900123 1",
        "liverpool 1892!",
        "!!sunshine!!99",
        "ada.lovelace@example.org",
        "adalovelace12",
    ],
)
def test_what_others_would_try_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, ADA)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "aaabbbcccdddeee one two",
        "my grandmother came to derby by train",
        "żółta łódź płynie",
        "ਸਤ ਸ੍ਰੀ ਅਕਾਲ ਜੀ ਆਇਆਂ ਨੂੰ",
        "onlysmalllettersnothingelse",
        "x" * 20 + " and much more than that " * 20,
    ],
)
def test_any_other_twelve_letters_will_do(password):
    validate_password(password, ADA)
