"""Says whether the time of an answer tells who has an account: twenty tries of each question, for addresses that have
one and for addresses that have none.

    make bench WHAT=accounts

The tries take turns, each with an address and a network of its own, on a database made for it and removed afterwards,
with the password hashing of production. It fails where the medians are further apart than 0.05 seconds.
"""

import argparse
import os
import statistics
import sys
import time
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "derbycity.settings")

import django

django.setup()

from django.conf import settings
from django.test import Client
from django.test.utils import setup_databases, setup_test_environment, teardown_databases

from accounts.models import User
from tests import make

MOST = 0.05  # seconds between the medians
WRONG = {"password": "a wrong phrase of words"}
QUESTIONS = {
    "sign in, wrong password": ("/account/login/", "login", WRONG),
    "sign in, who has no password": ("/account/login/", "login", WRONG),
    "code by mail": ("/account/login/code/", "email", {}),
    "forgotten password": ("/account/password/reset/", "email", {}),
    "new account": ("/account/signup/", "email", {}),
}
_number = count(1)


def address(kind: str) -> str:
    return f"{kind}{next(_number)}@example.org"


def known(question: str) -> str:
    person = make.confirmed(make.user(email=address("known")))
    if question == "sign in, who has no password":
        person.set_unusable_password()
        person.save()
    return person.email


def ask(client: Client, path: str, sent: dict[str, str]) -> float:
    begun = time.perf_counter()
    response = client.post(path, sent)
    took = time.perf_counter() - begun
    if response.status_code not in (200, 302):
        raise SystemExit(f"{path} answered {response.status_code}")
    return took


def asked_of_everybody(question: str, tries: int) -> dict[str, list[float]]:
    path, name, more = QUESTIONS[question]
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(tries + 2):
        for kind, email in (("known", known(question)), ("unknown", address("unknown"))):
            client = Client(REMOTE_ADDR=f"10.{next(_number) % 250}.{number}.1")
            took = ask(client, path, {name: email} | more)
            if number >= 2:  # the first warm up
                times[kind].append(took)
    return times


def invitations(tries: int) -> dict[str, list[float]]:
    """A manager invites: the answer must not say whether the address has an account."""
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(tries + 2):
        for kind, email in (("known", known("")), ("unknown", address("unknown"))):
            partner, manager = make.partner(status="published"), make.user()
            partner.members.create(person=manager, role="manager")
            client = make.signed_in(manager)
            took = ask(client, f"/desk/{partner.slug}/members/invite/", {"email": email, "role": "contributor"})
            if number >= 2:
                times[kind].append(took)
    return times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=20)
    tries = parser.parse_args().tries
    setup_test_environment()
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    databases = setup_databases(verbosity=0, interactive=False, aliases=["default"], serialized_aliases=[])
    too_far = []
    try:
        print(f"{'question':<32}{'known':>9}{'unknown':>9}{'apart':>9}   seconds, medians of {tries}")
        rows = {question: asked_of_everybody(question, tries) for question in QUESTIONS}
        rows["invitation to a partner"] = invitations(tries)
        for question, times in rows.items():
            medians = {kind: statistics.median(values) for kind, values in times.items()}
            apart = abs(medians["known"] - medians["unknown"])
            print(f"{question:<32}{medians['known']:>9.4f}{medians['unknown']:>9.4f}{apart:>9.4f}")
            if apart > MOST:
                too_far.append(question)
            for kind, values in times.items():
                print(f"    {kind:<8} " + " ".join(f"{value:.4f}" for value in values))
        print(f"people made for this: {User.objects.count()}")
    finally:
        teardown_databases(databases, verbosity=0)
    if too_far:
        print(f"Further apart than {MOST} seconds: {', '.join(too_far)}")
    return bool(too_far)


if __name__ == "__main__":
    sys.exit(main())
