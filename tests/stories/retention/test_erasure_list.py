"""The list of erasures outlives crashes, and two at once."""

import threading

import pytest
from django.utils import timezone

from stories.models import Erasure
from stories.retention import erasure_list


def erasure(number=1):
    return Erasure(story_id_then=number, slug=f"slug{number}", receipt=f"ERASE-{number}", asked_by="teller",
                   erased_at=timezone.now())  # fmt: skip


def test_what_is_written_is_read(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "new" / "list"
    one = erasure()

    erasure_list.append(one)

    assert list(erasure_list.listed()) == [("slug1", 1, "ERASE-1", "teller", one.erased_at)]
    assert settings.ERASURES_FILE.stat().st_mode & 0o007 == 0


def test_no_list_is_an_empty_one():
    assert list(erasure_list.listed()) == []


@pytest.mark.parametrize("rest", ['{"slug": "abc", "sto', "\0\0\0", "[]", '{"slug": "abc"}', "é"])
def test_a_line_that_was_cut_off_spoils_no_other(settings, rest):
    erasure_list.append(erasure(1))
    with settings.ERASURES_FILE.open("a") as file:
        file.write(rest)

    erasure_list.append(erasure(2))

    assert [line.slug for line in erasure_list.listed()] == ["slug1", "slug2"]


def test_many_at_once_write_whole_lines():
    threads = [threading.Thread(target=erasure_list.append, args=[erasure(number)]) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {line.story for line in erasure_list.listed()} == set(range(40))
