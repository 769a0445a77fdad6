import pytest

from stories.models import CannedReply, Erasure
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/admin/stories/cannedreply/"


def test_moderators_write_the_sentences_they_start_from(browse):
    client = browse("moderator")

    client.post(f"{LIST}add/", {"use": "ask", "title": "A date", "words": "When was that?", "order": "1"})

    assert CannedReply.objects.get(title="A date").words == "When was that?"


@pytest.mark.parametrize("who", ["writer", "editor"])
def test_others_do_not_see_them(browse, who):
    assert browse(who).get(LIST).status_code == 403


def test_what_was_erased_is_a_list_nobody_changes(browse, client):
    one = Erasure.objects.create(story_id_then=1, slug="abcdefgh", receipt="R-1", asked_by="teller")
    page = f"/admin/stories/erasure/{one.pk}/change/"

    assert "R-1" in browse("moderator").get("/admin/stories/erasure/").content.decode()
    assert browse("administrator").post(page, {"receipt": "R-2"}).status_code == 403
    assert browse("editor").get("/admin/stories/erasure/").status_code == 403
    client.force_login(make.staff("Moderator", is_limited=True))
    assert "R-1" not in client.get("/admin/stories/erasure/").content.decode()
