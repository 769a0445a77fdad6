import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cms.outbox.models import Mail
from tests import make

pytestmark = pytest.mark.django_db


def test_a_person_is_known_by_an_address_and_a_password():
    user = User.objects.create_user("ada@example.org", "correct horse battery", name="Ada Lovelace")

    assert authenticate(username="ada@example.org", password="correct horse battery") == user
    assert authenticate(username="ada@example.org", password="wrong") is None
    assert user.password != "correct horse battery"


@pytest.mark.parametrize("typed", ["ada@example.org", "ADA@EXAMPLE.ORG", "Ada@Example.org"])
def test_capitals_do_not_matter_when_signing_in(typed):
    user = User.objects.create_user("Ada@Example.org", "correct horse battery")

    assert User.objects.get_by_natural_key(typed) == user
    assert authenticate(username=typed, password="correct horse battery") == user


def test_nobody_is_found_under_an_address_that_nobody_has():
    assert authenticate(username="nobody@example.org", password="x") is None
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key("nobody@example.org")


@pytest.mark.parametrize("second", ["ada@example.org", "ADA@example.org", "Ada@EXAMPLE.org"])
def test_an_address_is_one_persons_whatever_its_capitals(second):
    make.user(email="ada@example.org")

    with pytest.raises(IntegrityError), transaction.atomic():
        make.user(email=second)


def test_a_second_person_with_the_address_is_refused_in_words():
    make.user(email="ada@example.org")

    with pytest.raises(ValidationError, match="There is already a person with this e-mail address"):
        User(email="ADA@example.org", password="x").full_clean()


def test_an_address_is_written_small():
    assert User.objects.create_user(" Ada@EXAMPLE.Org ").email == "ada@example.org"


def test_a_new_person_may_nothing():
    user = User.objects.create_user("ada@example.org", "correct horse battery")

    assert user.is_active
    assert not user.is_staff
    assert not user.is_superuser
    assert not user.get_all_permissions()


def test_a_superuser_may_everything():
    user = User.objects.create_superuser("ada@example.org", "correct horse battery")

    assert user.is_staff
    assert user.has_perm("programmes.delete_programme")
    assert authenticate(username="ada@example.org", password="correct horse battery") == user


def test_without_a_password_nobody_signs_in():
    user = User.objects.create_user("ada@example.org")

    assert not user.has_usable_password()
    assert authenticate(username="ada@example.org", password="") is None


def test_somebody_who_left_cannot_sign_in():
    make.user(email="ada@example.org", is_active=False)

    assert authenticate(username="ada@example.org", password="correct horse battery") is None


@pytest.mark.parametrize(
    ("name", "shown", "short"),
    [
        ("Ada Lovelace", "Ada Lovelace", "Ada"),
        ("Ada", "Ada", "Ada"),
        ("", "ada@example.org", "ada@example.org"),
    ],
)
def test_a_person_is_called_by_name_where_there_is_one(name, shown, short):
    user = User(email="ada@example.org", name=name)

    assert (str(user), user.get_full_name(), user.get_short_name()) == (shown, shown, short)


def test_people_are_listed_by_address():
    second, first = make.user(email="b@example.org"), make.user(email="a@example.org")

    assert list(User.objects.all()) == [first, second]


def test_a_person_without_an_address_is_refused():
    with pytest.raises(ValueError, match="needs an e-mail address"):
        User.objects.create_user("")


def test_a_name_of_spaces_is_no_name():
    assert User(email="ada@example.org", name="  ").get_short_name() == "ada@example.org"


@pytest.mark.parametrize("other", ["ınfo@kings.example", "info@kingſ.example", "İnfo@kings.example"])
def test_letters_that_become_one_as_capitals_stay_two_addresses(other):
    first, second = make.user(email="info@kings.example"), make.user(email=other)

    assert User.objects.get_by_natural_key("INFO@kings.example") == first
    assert User.objects.get_by_natural_key(other) == second


def test_the_sign_for_kelvin_is_written_to_as_a_k():
    """It becomes a k when it is made small: one address, and only who reads the one with the k gets its mails."""
    owner = make.confirmed(make.user(email="info@kings.example"))
    typed = "info@\u212aings.example"

    for name in ("account_signup", "account_request_login_code", "account_reset_password"):
        Client().post(reverse(name), {"email": typed})

    assert set(Mail.objects.values_list("to", flat=True)) == {owner.email}
    assert Mail.objects.count() == 3
    assert User.objects.count() == 1
