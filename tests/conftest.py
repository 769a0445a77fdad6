"""What every test has: the same people, settings that fail loudly, and no way out to the network."""

import copy
import gc
import inspect
import socket
import time
from types import SimpleNamespace

import pytest
from allauth.account.internal.flows.login import record_authentication
from asgiref.sync import async_to_sync
from django.contrib.auth import user_logged_in
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client, RequestFactory
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from tests import database, rows

_real_connect = socket.socket.connect


def pytest_collection_modifyitems(items):
    """A test that commits leaves emptied tables behind. Each gets back what the migrations brought: one that did not
    would make Django write other content types than the next one expects."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        commits = marker is not None and marker.kwargs.get("transaction")
        if commits or {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)


def pytest_collection_finish():
    """What is imported by now stays for good: looking through it again and again for rubbish only costs time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """The migrations run once for all processes, not in each. What they brought is kept, and brought back after a test
    that commits, as PostgreSQL's own rows: Django's way asks about each row by itself, and takes ten times as long."""
    creation = type(connection.creation)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(creation, "create_test_db", database.create_test_db)
        patch.setattr(creation, "serialize_db_to_string", lambda self: rows.taken(self.connection))
        patch.setattr(creation, "deserialize_db_from_string", lambda self, kept: rows.bring(self.connection, kept))
        yield


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Only this machine may be talked to."""

    def connect(self, address, *args):
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "localhost", "::1"):
            raise AssertionError(f"a test tried to reach {address[0]}")
        return _real_connect(self, address, *args)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(autouse=True)
def sent_from_our_own_pages():
    """Every browser says where a form came from. Here from one of our pages, unless a test says something else."""
    environ = RequestFactory._base_environ

    def base_environ(self, **request):
        return {"HTTP_SEC_FETCH_SITE": "same-origin"} | environ(self, **request)

    with pytest.MonkeyPatch.context() as patch:  # one of its own, which no test undoes
        patch.setattr(RequestFactory, "_base_environ", base_environ)
        yield


@pytest.fixture(scope="session")
def no_files(tmp_path_factory):
    """WhiteNoise looks through all collected files for each new client; here it finds none, at once."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture(autouse=True)
def plain_settings(settings, tmp_path, no_files):
    """As production, but: plain passwords, plain static files, pictures in a folder that goes away."""
    settings.STATIC_ROOT = no_files
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.LOCKS_DIR = tmp_path
    settings.ERASURES_FILE = tmp_path / "erasures"
    settings.SITE_URL = "http://testserver"
    settings.PAGE_CACHE_MB = (
        0  # tests of pages are about making them; tests/cms/page_cache/test_page_cache.py is about keeping
    )


def _shown(request, user, **kwargs):
    """Django's `force_login` comes with no address: whoever it signs in has just shown a second factor, as their work
    may ask, unless the test says `person.comes_without = True`. Sign-ins through our own pages are what they are."""
    if "REMOTE_ADDR" not in request.META and not getattr(user, "comes_without", False):
        record_authentication(request, user, "mfa", type="totp", id=0, reauthenticated=True)


user_logged_in.connect(_shown, dispatch_uid="tests.shown")


@pytest.fixture(scope="session", autouse=True)
def undefined_variables_fail():
    """A template that names something it was not given is a failing test."""
    from django.template import engines

    class Undefined(str):
        __slots__ = ()

        def __contains__(self, key):
            return key == "%s"

        def __mod__(self, missing):
            raise AssertionError(f"a template uses {missing}, which it was not given")

    engines["django"].engine.string_if_invalid = Undefined("%s")


CAST = {
    "author": User(email="author@example.org", name="Ada Author"),
    "colleague": User(email="colleague@example.org", name="Cole Colleague"),
    "stranger": User(email="stranger@example.org", name="Stan Stranger"),
    "writer": User(email="writer@example.org", name="Wren Writer", is_staff=True),
    "editor": User(email="editor@example.org", name="Edie Editor", is_staff=True),
    "moderator": User(email="moderator@example.org", name="Mo Moderator", is_staff=True),
    "administrator": User(email="admin@example.org", name="Addy Administrator", is_staff=True),
}


@pytest.fixture
def cast(db):
    """The people of every test. The author is of the thing at hand; the stranger is of something else. Staff are in the
    group they are called after. So many tests want them all that they are written at once, not one by one."""
    password, joined_at = make_password("correct horse battery"), timezone.now()
    people = copy.deepcopy(CAST)
    for person in people.values():
        person.password, person.joined_at = password, joined_at
    User.objects.bulk_create(people.values())
    groups = {group.name.lower(): group for group in Group.objects.all()}
    member = User.groups.through
    member.objects.bulk_create(
        member(user=person, group=groups[name]) for name, person in people.items() if person.is_staff
    )
    return SimpleNamespace(anyone=None, **people)


@pytest.fixture
def browse(cast):
    """A client signed in as one of the cast: `browse("editor").get(…)`."""

    def as_person(name):
        client = Client()
        person = getattr(cast, name)
        if person:
            client.force_login(person)
        return client

    return as_person


@pytest.fixture(autouse=True)
def no_jobs_left(request):
    """Django empties only tables of models it manages; the queue of a test that commits would reach the next one."""
    marker = request.node.get_closest_marker("django_db")
    if marker is None or not marker.kwargs.get("transaction"):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, cms_limit, cms_cache CASCADE")


@pytest.fixture
def run_jobs(db):
    """Runs what is due, one after the other, in the test's own transaction: `run_jobs()`; or what is due at a moment to
    come: `run_jobs(at=…)`. A job that fails is put back or given up as the worker would, and then fails the test."""

    def run(at=None):
        waiting = ProcrastinateJob.objects.filter(status="todo").exclude(scheduled_at__gt=at or Now())
        while row := waiting.order_by("-priority", "pk").first():
            ours = ProcrastinateJob.objects.filter(pk=row.pk)
            ours.update(status="doing")
            task, job = app.tasks[row.task_name], row.procrastinate_job
            context = JobContext(app=app, job=job, start_timestamp=time.time(), abort_reason=lambda: None)
            call = async_to_sync(task.func) if inspect.iscoroutinefunction(task.func) else task
            try:
                call(*([context] if task.pass_context else []), **job.task_kwargs)
            except Exception as error:
                again = task.get_retry_exception(exception=error, job=job)
                later = {"status": "todo", "scheduled_at": again.retry_decision.retry_at} if again else {}
                ours.update(**{"status": "failed", "attempts": F("attempts") + 1} | later)
                raise
            ours.update(status="succeeded", attempts=F("attempts") + 1)

    return run
