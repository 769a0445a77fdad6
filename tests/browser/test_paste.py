"""What editors paste from word processors, under our own Content-Security-Policy: its complaints fail a test, too."""

import re

import pytest
from playwright.sync_api import expect

from cms.text.richtext import clean
from programmes.models import Programme
from tests import make
from tests.browser.doors import come_in
from tests.cms.text.pasted import DOCUMENTS, PIECES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EDITOR = ".field-body .tiptap[role=textbox]"  # it has its role when editor.js has made it ready
EMPTY = "editor => editor.editor.commands.clearContent()"
PASTE = """(editor, html) => {
    const data = new DataTransfer();
    data.setData("text/html", html);
    data.setData("text/plain", "The same in plain letters");
    editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    return editor.editor.getHTML();
}"""


@pytest.fixture
def editor(page):
    programme = make.programme(title="Better Together", slug="better-together", body="<p>A</p>", running="3-finished")
    come_in(page, make.staff("Editor"), f"/admin/programmes/programme/{programme.pk}/change/")
    found = page.locator(EDITOR)
    found.wait_for()
    found.evaluate(EMPTY)
    return found


def kept(html):
    """As it is saved. The editor holds the first words of an item in a paragraph; readers see no difference."""
    return re.sub(r"<li><p>((?:(?!</p>).)*)</p>", r"<li>\1", clean(html))


def test_what_is_pasted_is_what_the_eye_saw(editor):
    wrong = {}
    for name, (pasted, seen) in [*DOCUMENTS.items(), *((pasted, (pasted, seen)) for pasted, seen in PIECES)]:
        value = editor.evaluate(PASTE, pasted)
        if kept(value) != kept(seen):
            wrong[name] = (kept(value), kept(seen))
        editor.evaluate(EMPTY)

    assert wrong == {}


def test_what_was_copied_in_an_editor_of_ours_stays_as_it_is(editor):
    own = '<h2 data-pm-slice="1 1 []">Own</h2><p>words <em>too</em></p>'

    assert kept(editor.evaluate(PASTE, own)) == "<h2>Own</h2><p>words <em>too</em></p>"


def test_a_line_is_pasted_into_the_line_where_one_writes_and_saved(page, editor):
    editor.click()
    page.keyboard.type("First ")
    editor.evaluate(PASTE, '<p><span style="font-weight:700">second</span> line</p>')
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert Programme.objects.get().body == "<p>First <strong>second</strong> line</p>"
