import pytest

from partners.members import similar_names
from partners.models import FormerName, Partner
from tests import make


@pytest.mark.parametrize(
    "name",
    [
        "Derby Mus\u0435ums",  # Cyrillic e
        "Derby \u03bfpen",  # Greek omicron
        "Derby\u200bMuseums",  # zero width space
        "Derby \u202eMuseums",  # turns the direction
        "Derby Muse\u00adums",  # soft hyphen
        "Derby\u3164Museums",  # a letter without a shape
        "Derby \u0441\u043e\u0441\u043e",  # a whole word of look-alikes beside Latin ones
        "Derby\0Museums",
        "Win £500 at https://evil.example/claim now",
        "Derby WWW.evil.example",
        "Derby evil.com",
        "info@evil.example",
        "info\uff20evil.example",  # a wide at sign
    ],
)
def test_names_that_pretend_are_caught(name):
    assert similar_names.mistakes(name)


@pytest.mark.parametrize(
    "name",
    [
        "Derby Museums",
        "St Mary’s & All Saints’ (Derby) – Youth 4 U",
        "Café Ørsted Ąćę",
        "ਗੁਰਦੁਆਰਾ Derby",
        "دربی Derby",
        "Derby Батьківщина",
        "読書 Derby",
        "St.Mary's: Awww. Derby // No. 1 at 9.30",
    ],
)
def test_honest_names_in_any_alphabet_are_taken(name):
    assert similar_names.mistakes(name) == []


def test_odd_spaces_and_forms_of_letters_become_plain():
    assert similar_names.tidy("  Derby\u00a0\u2003Museums \uff21 ") == "Derby Museums A"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    ["Derby Museums Trust", "THE DERBY MUSEUM TRUST LTD", "Derby Mus\u0435ums Trust", "Derby Muséums Trust C.I.O.",
     "derby-museums trust", "Derby Museurns Trust", "The Silk Mill", "Industrial Museum of Derby", "DMT"],
)  # fmt: skip
def test_a_name_like_one_we_have_is_seen(name):
    trust = make.partner(name="Derby Museums Trust", also_known_as="The Silk Mill; DMT")
    FormerName.objects.create(partner=trust, name="Derby Industrial Museum")
    FormerName.objects.create(partner=trust, name="Industrial Museum, Derby")

    assert similar_names.like(name) == [trust]


@pytest.mark.django_db
def test_another_name_is_like_nobody_and_drafts_are_not_told_to_the_public():
    make.partner(name="Derby Museums Trust")
    draft = make.partner(name="Secret Club", status="draft")

    assert similar_names.like("Derby Book Club") == []
    assert similar_names.like("") == []
    assert similar_names.like("secret club") == [draft]
    assert similar_names.like("secret club", Partner.objects.published()) == []


@pytest.mark.django_db
def test_the_number_of_questions_does_not_grow_with_the_partners(django_assert_num_queries):
    make.many_partners(20)

    with django_assert_num_queries(2):
        similar_names.like("Partner")
