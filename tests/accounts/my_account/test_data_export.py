"""Somebody gets all that we hold about them; no secret, and nothing about anybody else."""

import json

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from accounts.my_account import data_export as own_data
from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.outbox import mail
from partners.models import Invitation
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make.confirmed(make.user("Editor", name="Rita Resident", email="rita@example.org"))


@pytest.fixture
def other():
    return make.confirmed(make.user(name="Otto Other", email="otto@example.org"))


def as_text(person):
    from django.core.serializers.json import DjangoJSONEncoder

    return json.dumps(own_data.of(person), cls=DjangoJSONEncoder, ensure_ascii=False)


def test_what_is_about_somebody_is_in_it(person, other):
    partner = make.partner(name="Our charity")
    make.member(partner, person=person)
    make.passkey(person, name="Rita’s phone")
    Invitation.objects.create(partner=make.partner(name="Their charity"), email="rita@example.org", by=other)
    mail.send(to="rita@example.org", subject="News for you", text="Hello Rita,\n\nall is well.")
    UserSession.objects.create(user=person, ip="192.0.2.7", session_key="k" * 32, user_agent="Firefox")

    told = as_text(person)

    for words in ("Rita Resident", "rita@example.org", "Our charity", "Their charity", "all is well", "192.0.2.7"):
        assert words in told
    assert "Editor" in told  # her group


def test_what_somebody_did_is_in_it_as_which_and_when(person):
    partner = make.partner(name="Our charity")
    make.proposal(partner, by=person)
    audit_log.write(AuditEvent.Action.PUBLISHED, partner, by=person)

    done = own_data.of(person)["what_you_did"]

    lines = [line for name, found in done.items() if "AuditEvent" in name for line in found]
    assert lines[0]["which"] == "Our charity"
    assert lines[0]["what"] == "Published"
    assert any("cms.Proposal" in name for name in done)


def test_what_was_decided_about_the_account_is_in_it(person, other):
    audit_log.write(AuditEvent.Action.SESSIONS, person, by=other)

    decided = own_data.of(person)["what_was_decided_about_your_account"]

    assert [line["what"] for line in decided] == ["Signed out everywhere by somebody else"]
    assert "Otto" not in str(decided)


def test_no_secret_is_in_it(person):
    make.app_factor(person)
    make.passkey(person)
    text, key = token_links.make(AccessToken.Purpose.FIRST_SIGN_IN, person, days=1, email=person.email)
    mail.send(to=person.email, subject="Your code", text="Hello,\n\nBCDF-GHJK", is_secret=True)
    session = UserSession.objects.create(user=person, ip="192.0.2.7", session_key="k" * 32, user_agent="Firefox")

    told = as_text(person)

    assert "Your code" in told
    secrets = [text, key.digest, "BCDF-GHJK", session.session_key, person.password]
    for factor in person.authenticator_set.all():
        secrets += [str(value) for value in factor.data.values() if len(str(value)) > 8]
    assert len(secrets) > 6
    assert [secret for secret in secrets if secret in told] == []


def test_nothing_about_anybody_else_is_in_it(person, other):
    partner = make.partner(name="Our charity")
    make.member(partner, person=person)
    make.member(partner, person=other)
    make.join_request(decided_by=person, person_name="Ina Asker", email="ina@example.org", evidence="The vicar")
    Invitation.objects.create(partner=partner, email="guest@example.org", by=person)
    mail.send(to=other.email, subject="News for Otto", text="Hello Otto")

    told = as_text(person)

    for words in ("Otto", "otto@", "Ina Asker", "ina@", "vicar", "guest@", "News for Otto"):
        assert words not in told


def test_it_comes_as_a_file_after_showing_again_who_one_is(person):
    client = Client()
    client.force_login(person)

    response = client.post(reverse("accounts:data"))

    assert response.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json()["you"]["full name"] == "Rita Resident"


def test_it_does_not_come_without_that(person):
    person.comes_without = True
    client = Client()
    client.force_login(person)

    response = client.post(reverse("accounts:data"))

    assert response.status_code == 302
    assert response.url.startswith(reverse("account_reauthenticate"))


def test_every_table_can_be_told_of(person):
    """Every model that names a person in any way is walked without a fault."""
    assert set(own_data.of(person)) == {
        "you",
        "about_you",
        "what_you_did",
        "what_was_decided_about_your_account",
    }


@pytest.mark.parametrize("theirs", ["ınfo@kings.example", "info@kingſ.example", "İnfo@kings.example"])
def test_an_address_that_only_looks_like_theirs_is_somebody_elses(theirs):
    stranger = make.confirmed(make.user(email=theirs))
    mail.send(to="info@kings.example", subject="For Kings alone", text="Hello,\n\nall is well.")
    make.join_request(name="Kings’ Choir", email="info@kings.example")
    Invitation.objects.create(partner=make.partner(name="Their charity"), email="info@kings.example")

    told = as_text(stranger)

    for words in ("For Kings alone", "all is well", "Choir", "Their charity", "info@kings.example"):
        assert words not in told


def test_an_address_that_is_not_confirmed_brings_nothing(person):
    EmailAddress.objects.create(user=person, email="info@kings.example", verified=False)
    mail.send(to="info@kings.example", subject="For Kings alone", text="Hello,\n\nall is well.")

    told = as_text(person)

    assert "For Kings alone" not in told
    assert "info@kings.example" in told  # that they typed it, they may know
