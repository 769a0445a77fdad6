import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from editorial import keys
from editorial.models import Key
from tests import make

pytestmark = pytest.mark.django_db
JOIN, INVITATION = Key.Purpose.JOIN, Key.Purpose.INVITATION


@pytest.fixture
def made(db):
    return keys.make(JOIN, make.partner(), days=3, email="Ada@Example.org")


def test_a_key_is_kept_as_its_hash_only(made):
    text, key = made

    assert len(text) >= 22  # 128 bits
    assert text not in str(Key.objects.values())
    assert keys.find(text, JOIN) == key
    assert key.email == "ada@example.org"


@pytest.mark.parametrize("text", ["", "wrong", "\0", "\ud800", "x" * 10_000])
def test_nothing_else_opens_anything(made, text):
    assert keys.find(text, JOIN) is None


def test_a_key_has_one_purpose(made):
    assert keys.find(made[0], INVITATION) is None


def test_a_key_is_used_once(made):
    text, key = made
    with transaction.atomic():
        keys.use(key)

    assert keys.find(text, JOIN) is None
    with pytest.raises(keys.Spent), transaction.atomic():
        keys.use(key)


def test_a_key_ends(made):
    text, key = made
    key.expires_at = timezone.now() - datetime.timedelta(seconds=1)
    key.save()

    assert keys.find(text, JOIN) is None
    with pytest.raises(keys.Spent), transaction.atomic():
        keys.use(key)


def test_keys_about_a_thing_are_taken_back(made):
    text, key = made
    other, _ = keys.make(JOIN, make.partner(), days=3)

    assert keys.revoke_all(JOIN, key.thing) == 1
    assert keys.find(text, JOIN) is None
    assert keys.find(other, JOIN)
