"""A database brought back from a copy forgets again what was erased since."""

from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.color import no_style
from django.db import connection

from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from stories.models import Erasure, Story
from stories.retention import erase
from tests import make_stories as told
from tests.rows import bring, taken
from tests.stories.retention.everywhere import MARK, files, tables_with
from tests.stories.retention.test_erase import marked

pytestmark = pytest.mark.django_db(transaction=True)


def again() -> str:
    out = StringIO()
    call_command("erase_again", stdout=out)
    return out.getvalue().strip()


def copied():
    """All rows and files, as a backup holds them."""
    return taken(connection), {name: (Path(settings.MEDIA_ROOT) / name).read_bytes() for name in files()}


def restored(copy):
    """As `pg_restore` does it, which makes the triggers when all rows are there."""
    rows, pictures = copy
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        bring(connection, rows)
        cursor.execute("SET session_replication_role = DEFAULT")
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
            cursor.execute(statement)
    for name, content in pictures.items():
        path = Path(settings.MEDIA_ROOT) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@pytest.mark.parametrize("status", ["published", "held", "draft", "withdrawn"])
def test_what_a_copy_brings_back_is_erased_again(status):
    story = marked(status)
    other = told.story(title="Another story")
    copy = copied()
    Story.objects.filter(pk=story.pk).update(status="withdrawn")
    erasure = erase.erase(story, asked_by="teller")
    Mail.objects.all().delete()
    restored(copy)
    assert "stories_version" in tables_with(MARK)
    assert len(files()) == 3
    assert not Erasure.objects.exists()

    assert again() == "Erased again: 1. Receipts brought back: 1. Added to the list: 0."

    assert tables_with(MARK) == []
    assert files() == []
    assert Story.objects.get() == other
    assert Erasure.objects.get().receipt == erasure.receipt
    assert Erasure.objects.get().erased_at == erasure.erased_at
    assert not Mail.objects.exists()  # they have been told
    assert AuditEvent.objects.filter(action="erased", note="Again, after a restore.").exists()


def test_it_may_run_as_often_as_it_likes():
    erase.erase(marked(), asked_by="teller")
    told.story()

    for _ in range(2):
        assert again() == "Erased again: 0. Receipts brought back: 0. Added to the list: 0."
    assert Story.objects.count() == 1


def test_without_a_list_nothing_happens():
    told.story()

    assert again() == "Erased again: 0. Receipts brought back: 0. Added to the list: 0."
    assert Story.objects.count() == 1


def test_a_number_given_out_again_is_another_story():
    """After a restore the next story may get the number of one that was erased."""
    story = told.story(status="withdrawn")
    number = story.pk
    erase.erase(story, asked_by="teller")
    other = told.story(pk=number)

    assert again().startswith("Erased again: 0.")
    assert Story.objects.get() == other


def test_a_list_that_was_lost_is_written_anew(settings):
    erase.erase(marked(), asked_by="teller")
    before = settings.ERASURES_FILE.read_text()
    settings.ERASURES_FILE.unlink()

    assert again().endswith("Added to the list: 1.")
    assert settings.ERASURES_FILE.read_text() == before


def test_a_list_that_cannot_be_written_is_said_at_once(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path

    with pytest.raises(CommandError, match=r"ERASURES_FILE is .* cannot be written"):
        again()
