"""Page three: what was typed stays, what was ticked belongs to the words it stood beside."""

import pytest

from stories.models import ConsentVersion, Contributor, Story
from stories.submit import child_advice
from tests.stories.submit.pages import CHOICES, Teller, hidden

pytestmark = pytest.mark.django_db
YOUNG = {"guardian_name": "Gail", "guardian_email": "gail@example.org"}


@pytest.fixture
def teller():
    teller = Teller()
    teller.tells()
    teller.post("choices", {"age": "18-plus"})
    return teller


def new_wording():
    old = ConsentVersion.objects.current()
    new = ConsentVersion.objects.create(
        number=old.number + 1, licence="New.", licence_for_children="New.", used_since=old.used_since
    )
    for line in old.lines.all():
        line.pk, line.wording = None, new
        line.save()
    return new


def test_what_was_typed_before_choosing_another_age_is_kept(teller):
    teller.post("choices", CHOICES | {"age": "13-17"})

    page = teller.page("choices")
    assert 'value="Tess Teller"' in page
    assert 'value="tess@example.org"' in page
    assert "checked" not in page.partition("What may we do with it?")[2]
    assert Contributor.objects.get().ticked == []


def test_ticks_beside_older_words_do_not_count(teller):
    fields = hidden(teller.page("choices")) | CHOICES
    new = new_wording()

    answer = teller.client.post("/tell/choices/", fields)

    assert answer.url == "/tell/choices/?new=1#news"
    assert b"have changed since you opened this page" in teller.client.get(answer.url).content
    person = Contributor.objects.get()
    assert (person.ticked, person.full_name) == ([], "Tess Teller")
    assert Story.objects.get().choices_made_at is None
    teller.post("choices", CHOICES)
    teller.sends()
    assert {consent.wording for consent in Story.objects.get().consents.all()} == {new}


def test_who_answers_for_a_child_is_forgotten_when_they_are_none(teller):
    teller.chooses(age="under-13", adult_name="Ada", adult_role="mum")
    teller.chooses(age="13-17", **YOUNG)
    teller.chooses()
    teller.sends()

    person = Contributor.objects.get()
    assert (person.adult_name, person.adult_role, person.guardian_name, person.guardian_email) == ("", "", "", "")


def test_a_child_who_names_a_school_is_told_before_sending(teller):
    teller.tells(text="I go to Bemrose School, says Tess Teller.")
    teller.chooses(age="under-13", adult_name="Ada", adult_role="mum")

    page = teller.page("check")

    assert child_advice.SCHOOL in page
    assert child_advice.SURNAME in page
    assert "leave out your surname" in teller.page("story")
    assert teller.sends().url == "/tell/sent/"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"age": ""}, "Choose how old you are"),
        ({"age": "immortal"}, "Choose one of these"),
        ({"shown_as": ""}, "Choose how your name should appear"),
        ({"shown_as": "full", "full_name": ""}, "Write your name"),
        ({"shown_as": "pen"}, "Write the name you choose"),
        ({"full_name": "www.example.org"}, "without an address"),
        ({"full_name": "x" * 121}, "room for 120"),
        ({"email": ""}, "Write an e-mail address"),
        ({"email": "nonsense"}, "like this: name@example.org"),
    ],
    ids=lambda value: f"{value}"[:30],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_shown_again(teller, fields, words):
    page = teller.post("choices", CHOICES | fields).content.decode()

    assert words in page
    assert "<title>Error: " in page
    assert 'value="tess@example.org"' in page or "email" in fields
    assert Story.objects.get().choices_made_at is None


@pytest.mark.parametrize("odd", ["\0", "\0Tess", "🙂" * 30, "<b>x</b>", "’; DROP TABLE"])
def test_odd_names_are_taken_or_refused_with_a_sentence(teller, odd):
    assert teller.post("choices", CHOICES | {"full_name": odd, "pen_name": odd}).status_code in (200, 302)


def test_the_licence_stands_above_the_boxes_it_speaks_of(teller):
    page = teller.page("choices")

    assert page.index("you keep the copyright") < page.index('name="ok_site"')


def test_no_name_needs_no_name(teller):
    assert teller.chooses(full_name="", shown_as="none").url == "/tell/check/"
    assert "No name is shown" in teller.page("check")
