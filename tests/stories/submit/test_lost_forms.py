"""What was typed comes back when it cannot be saved now, and is saved when it is sent again."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from stories.models import Story
from tests.posting import again
from tests.stories.submit.pages import CHOICES, STORY, Teller, hidden

WORDS = "Two lines\nof “words” & <more>"


@pytest.fixture
def lose_the_database(monkeypatch):
    """From now on there is nobody behind the address; what was open is closed."""

    def lose():
        of_real = connection.get_connection_params()
        monkeypatch.setattr(
            connection, "get_connection_params", lambda: of_real | {"host": "127.0.0.1", "port": 1, "user": "nobody"}
        )
        connection.close()

    yield lose
    monkeypatch.undo()
    connection.close()


def sent_again(answer):
    return {name: values[0] for name, values in again(answer).items() if name != "given_back"}


@pytest.mark.django_db(transaction=True)
def test_a_lost_database_gives_all_of_it_back_and_takes_it_when_it_is_there_again(lose_the_database, monkeypatch):
    browser = Client(raise_request_exception=False)
    fields = hidden(browser.get("/tell/story/").content.decode()) | STORY | {"text": WORDS}
    lose_the_database()

    answer = browser.post("/tell/story/", fields)

    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    page = answer.content.decode()
    assert 'action="/tell/story/"' in page
    assert sent_again(answer) == fields
    assert browser.get("/tell/story/").status_code == 503

    monkeypatch.undo()
    assert browser.post("/tell/story/", sent_again(answer)).url == "/tell/pictures/"
    assert Story.objects.get().latest.text == WORDS


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("pictures", {"do": "continue", "p1-description": "A tram in the rain"}),
        ("choices", CHOICES),
        ("check", {}),
        ("later", {"email": "tess@example.org"}),
        ("code", {"code": "123456"}),
        ("address", {"email": "tess@example.org"}),
    ],
)
def test_every_page_gives_back_what_it_took(lose_the_database, page, fields):
    teller = Teller(Client(raise_request_exception=False))
    teller.tells()
    fields = {"draft": teller.client.cookies["draft"].value} | fields
    lose_the_database()

    answer = teller.client.post(f"/tell/{page}/", fields)

    assert answer.status_code == 503
    assert sent_again(answer) == fields | ({"code": ""} if "code" in fields else {})


@pytest.mark.django_db(transaction=True)
def test_files_are_to_be_chosen_again_and_the_page_says_so(lose_the_database):
    teller = Teller(Client(raise_request_exception=False))
    teller.tells()
    fields = {"draft": teller.client.cookies["draft"].value, "files": SimpleUploadedFile("tram.jpg", b"none")}
    lose_the_database()

    answer = teller.client.post("/tell/pictures/", fields)

    assert answer.status_code == 503
    assert b"Please choose them again" in answer.content


@pytest.mark.django_db
def test_whoever_was_signed_out_at_a_table_loses_nothing(browse, cast):
    client = browse("moderator")
    client.post("/tell/table/")
    secret = client.cookies["draft"].value
    fields = {"draft": secret} | STORY | {"text": WORDS}
    gone = Client()
    gone.cookies["draft"] = secret

    answer = gone.post("/tell/story/", fields)

    assert answer.status_code == 403
    assert sent_again(answer) == fields
    assert b"Sign in on another page" in answer.content
    for page in ("story", "check"):
        looked = gone.get(f"/tell/{page}/")
        assert looked.status_code == 403
        assert f"/account/login/?next=/tell/{page}/".encode() in looked.content
    assert Story.objects.get().latest.text == ""

    gone.force_login(cast.moderator)
    gone.cookies["draft"] = secret
    assert gone.post("/tell/story/", sent_again(answer)).url == "/tell/pictures/"
    assert Story.objects.get().latest.text == WORDS
