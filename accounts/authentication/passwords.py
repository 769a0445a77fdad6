"""Passwords that anybody would try first, here or anywhere. There are no rules of what a password must be made of."""

import re

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

WORDS = (
    "derby", "derbyshire", "county", "learningcity", "bettertogether", "ourfuture", "thisisderby", "derbystory",
    "council", "citycouncil", "portal", "pridepark", "ramsarmy", "therams", "dcfc", "rollsroyce", "silkmill", "derwent",
    "password", "welcome", "letmein", "qwerty", "administrator", "admin", "museum", "school", "charity", "manager",
)  # fmt: skip
LEAST_LEFT = 6  # different letters that must be left beside such words
SHORTEST_PART = 6  # letters of a part that is only said again and again

_READ_AS = str.maketrans("013457@$!", "oleastasi")
_KNOWN = re.compile("|".join(sorted(WORDS, key=len, reverse=True)))


class ContextValidator:
    """Refuses what is little more than a word many would try: names of the city, the portal or the programmes; a common
    password with digits and signs around it; digits alone; one short part said again and again."""

    def __init__(self):
        self.common = CommonPasswordValidator().passwords

    def validate(self, password, user=None):
        if self._is_common(password.lower()):
            raise ValidationError(
                "Many would try this password. Use a few words of your own that do not belong together.",
                code="password_many_would_try",
            )

    def _is_common(self, password) -> bool:
        if not any(letter.isalpha() for letter in password) or _is_said_again(password):
            return True
        read = re.sub(r"[\W_]", "", password.translate(_READ_AS))
        left = "".join(letter for letter in _KNOWN.sub("", read) if letter.isalpha())
        if _KNOWN.search(read) and len(set(left)) < LEAST_LEFT:
            return True
        return "".join(letter for letter in password if letter.isalpha()) in self.common

    def get_help_text(self):
        return "A few words that do not belong together are good. Names of the city and its places are not."


def _is_said_again(password) -> bool:
    return (password + password).find(password, 1) < min(SHORTEST_PART, len(password))
