"""Somebody deletes their account: what goes, what stays, and who cannot go yet."""

import threading

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.my_account import close_account
from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from partners.models import Member, Partner
from tests import make

LEAVE = "/account/leave/"


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def person(db):
    return make.confirmed(make.user(name="Rita Resident"))


def test_it_is_said_before_what_goes_and_what_stays(person):
    page = signed_in(person).get(LEAVE).content.decode()

    assert "What goes" in page
    assert "What stays, and why" in page
    assert "after 90 days" in page


def test_an_account_goes_with_all_that_is_its_own(person):
    client, elsewhere = signed_in(person), signed_in(person)
    make.app_factor(person)
    make.passkey(person)

    response = client.post(LEAVE, {"is_sure": "on"}, follow=True)

    assert "Your account is deleted." in response.content.decode()
    assert not User.objects.filter(pk=person.pk).exists()
    assert not EmailAddress.objects.exists()
    for browser in (client, elsewhere):
        assert browser.get(reverse("accounts:home")).status_code == 302
    assert Mail.objects.get().to == person.email
    line = AuditEvent.objects.get()
    assert (line.action, line.by_words, line.object_words) == ("account_gone", "Rita Resident", "people")
    assert person.email not in str(line.__dict__)


def test_what_they_worked_on_stays_without_their_name(person):
    partner = make.partner(owner=person)
    proposal = make.proposal(partner, by=person)
    make.member(partner, person=person, role="contributor")

    signed_in(person).post(LEAVE, {"is_sure": "on"})

    proposal.refresh_from_db()
    assert proposal.by is None
    assert Partner.objects.get().owner is None
    assert not Member.objects.exists()
    left = AuditEvent.objects.get(action="left")
    assert (left.by_words, left.object_words) == ("Rita Resident", partner.name)


def test_nothing_happens_without_the_box(person):
    page = signed_in(person).post(LEAVE, {}).content.decode()

    assert "Tick the box" in page
    assert User.objects.filter(pk=person.pk).exists()


def test_nothing_happens_by_a_link(person):
    signed_in(person).get(LEAVE, {"is_sure": "on"})

    assert User.objects.filter(pk=person.pk).exists()


def test_it_asks_again_who_one_is(person):
    person.comes_without = True

    response = signed_in(person).post(LEAVE, {"is_sure": "on"})

    assert response.url.startswith(reverse("account_reauthenticate"))
    assert User.objects.filter(pk=person.pk).exists()


def test_the_only_manager_stays_until_there_is_another(person):
    partner = make.partner(name="Our charity")
    make.member(partner, person=person)
    make.member(partner, role="contributor")
    gone = make.member(partner)
    gone.ended_at = timezone.now()
    gone.save()
    client = signed_in(person)

    page = client.post(LEAVE, {"is_sure": "on"}).content.decode()
    assert "You are the only manager of Our charity." in page
    assert User.objects.filter(pk=person.pk).exists()

    make.member(partner)
    client.post(LEAVE, {"is_sure": "on"})
    assert not User.objects.filter(pk=person.pk).exists()


def test_the_only_superuser_stays_until_there_is_another(db):
    person = make.confirmed(make.staff(is_superuser=True))
    make.staff(is_superuser=True, is_active=False)
    client = signed_in(person)

    assert "only administrator" in client.post(LEAVE, {"is_sure": "on"}).content.decode()
    make.staff(is_superuser=True)
    client.post(LEAVE, {"is_sure": "on"})

    assert not User.objects.filter(pk=person.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_who_leave_at_once_one_stays():
    partner = make.partner()
    people = [make.member(partner).person for _ in range(2)]
    start = threading.Barrier(2)

    def leave(person):
        client = signed_in(person)
        try:
            start.wait()
            client.post(LEAVE, {"is_sure": "on"})
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Member.objects.managers().count() == 1
    assert close_account.reasons_to_stay(Member.objects.get().person)


@pytest.mark.django_db(transaction=True)
def test_pressing_twice_deletes_once():
    person = make.confirmed(make.user())
    clients = [signed_in(person), signed_in(person)]
    start = threading.Barrier(2)
    answers = []

    def leave(client):
        try:
            start.wait()
            answers.append(client.post(LEAVE, {"is_sure": "on"}).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [302, 302]
    assert Mail.objects.count() == 1
    assert AuditEvent.objects.filter(action="account_gone").count() == 1
