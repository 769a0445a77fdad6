"""Photos take turns: one is read at a time, few wait, and whoever is sent away loses nothing."""

import os
import signal
import threading
import time
from contextlib import ExitStack, contextmanager

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import override_settings

from cms.media import decode_slots
from tests.cms.media.test_media import encoded, pixels, read


@contextmanager
def full():
    """As many are at a photo as may be: one reads, the others wait."""
    with ExitStack() as held:
        assert decode_slots._lock(held, "turn")
        assert all(decode_slots._lock(held, f"place-{number}") for number in range(settings.PICTURES_AT_ONCE))
        yield


def test_the_next_one_is_read_when_the_one_before_is_done():
    order, is_begun = [], threading.Event()

    def first():
        with decode_slots.turn():
            is_begun.set()
            time.sleep(0.3)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    is_begun.wait()
    with decode_slots.turn():
        order.append("second")
    thread.join()

    assert order == ["first", "second"]


def test_nobody_waits_long(monkeypatch):
    monkeypatch.setattr(decode_slots, "WAIT", 0.1)

    with decode_slots.turn(), pytest.raises(ValidationError) as refused:
        read(encoded(pixels()))

    assert refused.value.code == "busy"


def test_where_many_wait_the_next_one_is_answered_at_once():
    began = time.monotonic()

    with full(), pytest.raises(decode_slots.Busy), decode_slots.turn():
        pass

    assert time.monotonic() - began < 1 < decode_slots.WAIT


def test_two_installations_on_one_machine_do_not_wait_for_each_other(tmp_path):
    with full(), override_settings(MEDIA_ROOT=tmp_path / "staging"):
        assert read(encoded(pixels())).width == 400


def test_a_process_that_is_killed_holds_nobody_up():
    come, go = os.pipe()
    child = os.fork()
    if not child:
        with full():
            os.write(go, b".")
            time.sleep(60)
    os.read(come, 1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    assert read(encoded(pixels())).width == 400
