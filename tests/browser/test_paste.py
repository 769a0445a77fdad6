"""What editors paste from word processors, under our own Content-Security-Policy: its complaints fail a test, too."""

import re

import pytest

from editorial.richtext import clean
from tests import make
from tests.browser.doors import come_in
from tests.editorial.pasted import DOCUMENTS, PIECES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = """(html) => {
    const editor = document.querySelector(".field-body .tiptap[role=textbox]");
    editor.focus();
    document.execCommand("selectAll");
    document.execCommand("delete");
    const data = new DataTransfer();
    data.setData("text/html", html);
    data.setData("text/plain", "The same in plain letters");
    editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    return document.querySelector(".field-body textarea").value;
}"""


def kept(html):
    """As it is saved. The editor holds the first words of an item in a paragraph; readers see no difference."""
    return re.sub(r"<li><p>((?:(?!</p>).)*)</p>", r"<li>\1", clean(html))


def test_what_is_pasted_is_what_the_eye_saw(page):
    programme = make.programme(title="Better Together", slug="better-together", body="<p>A</p>", running="3-finished")
    come_in(page, make.staff("Editor"), f"/admin/programmes/programme/{programme.pk}/change/")
    page.locator(".field-body .tiptap[role=textbox]").wait_for()

    wrong = {}
    for name, (pasted, seen) in [*DOCUMENTS.items(), *((pasted, (pasted, seen)) for pasted, seen in PIECES)]:
        value = page.evaluate(PASTE, pasted)
        if kept(value) != kept(seen):
            wrong[name] = (kept(value), kept(seen))

    assert wrong == {}


def test_a_line_is_pasted_into_the_line_and_an_editors_own_words_stay_as_they_are(page):
    programme = make.programme(title="Better Together", slug="better-together", body="<p>A</p>", running="3-finished")
    come_in(page, make.staff("Editor"), f"/admin/programmes/programme/{programme.pk}/change/")
    page.locator(".field-body .tiptap[role=textbox]").wait_for()
    own = '<h2 data-pm-slice="1 1 []">Own</h2><p>words <em>too</em></p>'

    assert kept(page.evaluate(PASTE, own)) == "<h2>Own</h2><p>words <em>too</em></p>"

    page.evaluate(PASTE, "<p>First</p>")
    page.evaluate(
        PASTE.replace('document.execCommand("selectAll");', "").replace('document.execCommand("delete");', ""),
        '<p><span style="font-weight:700"> and second</span></p>',
    )
    value = page.locator(".field-body textarea").input_value()
    assert value.count("<p>") == 1
    assert "<strong>" in value
