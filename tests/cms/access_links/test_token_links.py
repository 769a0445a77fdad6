import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from cms.access_links import token_links
from cms.access_links.models import AccessToken
from tests import make

pytestmark = pytest.mark.django_db
JOIN, INVITATION = AccessToken.Purpose.JOIN, AccessToken.Purpose.INVITATION


@pytest.fixture
def made(db):
    return token_links.make(JOIN, make.partner(), days=3, email="Ada@Example.org")


def test_a_key_is_kept_as_its_hash_only(made):
    text, key = made

    assert len(text) >= 22  # 128 bits
    assert text not in str(AccessToken.objects.values())
    assert token_links.find(text, JOIN) == key
    assert key.email == "ada@example.org"


@pytest.mark.parametrize("text", ["", "wrong", "\0", "\ud800", "x" * 10_000])
def test_nothing_else_opens_anything(made, text):
    assert token_links.find(text, JOIN) is None


def test_a_key_has_one_purpose(made):
    assert token_links.find(made[0], INVITATION) is None


def test_a_key_is_used_once(made):
    text, key = made
    with transaction.atomic():
        token_links.use(key)

    assert token_links.find(text, JOIN) is None
    with pytest.raises(token_links.Spent), transaction.atomic():
        token_links.use(key)


def test_a_key_ends(made):
    text, key = made
    key.expires_at = timezone.now() - datetime.timedelta(seconds=1)
    key.save()

    assert token_links.find(text, JOIN) is None
    with pytest.raises(token_links.Spent), transaction.atomic():
        token_links.use(key)


def test_keys_about_a_thing_are_taken_back(made):
    text, key = made
    other, _ = token_links.make(JOIN, make.partner(), days=3)

    assert token_links.revoke_all(JOIN, key.thing) == 1
    assert token_links.find(text, JOIN) is None
    assert token_links.find(other, JOIN)
