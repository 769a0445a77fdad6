"""Everything the checks have to say about one form and its rows."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from django import forms
from django.db import models
from django.utils.text import capfirst

from cms.quality.content_checks import addresses, headings, link_texts, publication, reading_age, texts
from cms.quality.content_checks.findings import ADVICE, Finding, fields_of, values_of
from cms.quality.content_checks.texts import Text
from cms.text.richtext import RichTextField

# One long word, or three in a row: shorter ones are the names of things, such as UNESCO or SEND.
_CAPITALS = re.compile(r"\b[A-Z]{7,}\b|\b[A-Z]{2,}(?:[ ,]+[A-Z]{2,}){2,}\b")


def look_at(form: forms.ModelForm, rows: Iterable[forms.ModelForm] = ()) -> list[Finding]:
    """What a reader would stumble over: first what stops a publication, then in the order of the page."""
    every = [form, *rows]
    written = {one: _texts(one) for one in every}
    on_the_page = [link for told in written.values() for text in told.values() for link in text.links]
    lost = addresses.lost(link_texts.paths_in(on_the_page))
    found = []
    for one in every:
        about_it = [*publication.missing(one), *_advice(one, written[one], lost)]
        found += [_placed(finding, one, is_row=one is not form) for finding in about_it]
    if twice := link_texts.same_words(on_the_page):
        words = "The same words lead to different places. Say how they differ."
        found.append(Finding(ADVICE, "", words, twice, "All texts of this page"))
    return sorted(found, key=lambda finding: finding.level == ADVICE)


def _texts(form) -> dict[str, Text]:
    values = values_of(form)
    return {
        name: texts.read(values[name])
        for name, field in fields_of(form).items()
        if isinstance(field, RichTextField) and values.get(name)
    }


def _advice(form, written: dict[str, Text], lost) -> Iterator[Finding]:
    values = values_of(form)
    for name, field in fields_of(form).items():
        if name in written:
            told = _of_text(written[name], field, lost)
        elif type(field) in (models.CharField, models.TextField) and not field.choices and values.get(name):
            told = capitals(str(values[name]))
        else:
            continue
        yield from (Finding(ADVICE, name, words, details) for words, details in told)
    if written and values.get("summary"):
        first = next(iter(written.values()))
        if len(values["summary"]) >= len(str(first)):
            words = "The summary is as long as the text it sums up. One sentence is enough."
            yield Finding(ADVICE, "summary", words)


def _of_text(text: Text, field, lost) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from headings.check(text, under_title=field.under_title)
    yield from link_texts.check(text, lost)
    yield from reading_age.check(text)
    yield from capitals(str(text))


def capitals(words: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if shouted := tuple(dict.fromkeys(_CAPITALS.findall(words))):
        yield "Words in capitals are hard to read, and some screen readers spell them out.", shouted


def _placed(finding: Finding, form, *, is_row: bool) -> Finding:
    field = form[finding.field]
    where = capfirst(field.label)
    if is_row:
        where = f"{capfirst(form._meta.model._meta.verbose_name)}: {field.label.lower()}"
    return replace(finding, where=where, anchor=field.id_for_label)
