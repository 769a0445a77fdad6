"""The style sheet of reading pages: small, all of it used, and no colour of its own."""

import re
from pathlib import Path

import brotli

from tests.test_architecture import named_classes

CSS = (Path(__file__).resolve().parents[3] / "static/css/stories.css").read_text(encoding="utf-8")


def test_it_stays_small():
    assert len(brotli.compress(CSS.encode())) < 6_000


def test_every_class_in_it_is_used():
    rules = re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", CSS, flags=re.DOTALL)
    classes = set(re.findall(r"\.(-?[a-z_][\w-]*)", rules))

    assert sorted(name for name in classes - named_classes() if not name.startswith("cloth--")) == []


def test_its_colours_are_those_of_the_tokens():
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", CSS) == []
