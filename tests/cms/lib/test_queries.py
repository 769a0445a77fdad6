import pytest
from django.db.models import OuterRef

from city.models import Source, Ward
from cms.lib.queries import listed, number, partial
from partners.models import Partner
from tests import make

pytestmark = pytest.mark.django_db


def wards_listed(queryset):
    this = OuterRef("pk")
    return queryset.annotate(ward_list=listed(Ward.objects.filter(partners=this), name="name", slug="slug"))


def test_a_list_comes_with_its_row_in_its_own_order(django_assert_num_queries):
    partner = make.partner()
    partner.wards.add(make.ward(name="B", slug="b"), make.ward(name="A", slug="a"))
    other = make.partner()
    other.wards.add(make.ward(name="C", slug="c"))

    with django_assert_num_queries(1):
        found = list(wards_listed(Partner.objects.order_by("pk")))

    assert found[0].ward_list == [{"name": "A", "slug": "a"}, {"name": "B", "slug": "b"}]
    assert found[1].ward_list == [{"name": "C", "slug": "c"}]


def test_a_row_without_anything_has_an_empty_list():
    make.partner()

    assert wards_listed(Partner.objects.all()).get().ward_list == []


def test_a_field_of_something_that_is_not_there_is_nothing():
    partner = make.partner()
    partner.people.create(name="Ada", role="Chair", as_of="2018")

    found = Partner.objects.annotate(
        people_list=listed(
            Partner.people.rel.related_model.objects.filter(partner=OuterRef("pk")),
            name="name",
            publisher="source__publisher",
        )
    ).get()

    assert found.people_list == [{"name": "Ada", "publisher": None}]


@pytest.mark.parametrize("words", ['A "quoted" name', "Ünïcödé – €", "back\\slash", "<b>&amp;</b>", "line\nbreak"])
def test_words_come_through_as_they_are(words):
    partner = make.partner()
    partner.sources.add(make.source(title=words))

    found = Partner.objects.annotate(
        source_list=listed(Source.objects.filter(partners=OuterRef("pk")), title="title")
    ).get()

    assert found.source_list == [{"title": words}]


def test_a_partial_row_knows_what_was_read_and_asks_for_the_rest(django_assert_num_queries):
    made = make.partner(name="The Hub", summary="Words.")

    with django_assert_num_queries(0):
        partner = partial(Partner, {"id": made.pk, "name": "The Hub", "slug": made.slug, "not_a_field": 1})

        assert (partner.name, partner.get_absolute_url()) == ("The Hub", made.get_absolute_url())
        assert partner.get_deferred_fields() >= {"summary", "status"}
    with django_assert_num_queries(1):
        assert partner.summary == "Words."


def test_a_partial_row_does_not_depend_on_the_order_of_its_values():
    partner = partial(Partner, {"slug": "hub", "ended": "2018", "name": "Hub", "id": 7})

    assert (partner.pk, partner.name, partner.slug, partner.ended) == (7, "Hub", "hub", "2018")


@pytest.mark.parametrize(
    ("text", "found"),
    [("12", 12), ("0", 0), ("٣", 3), ("9" * 18, 10**18 - 1)],
)
def test_what_somebody_sent_is_a_number(text, found):
    assert number(text) == found


@pytest.mark.parametrize("text", ["9" * 19, "9" * 5000, "-1", "", "abc", "1.5", "²", " 1", "\0", None])
def test_what_no_key_can_be_is_nothing(text):
    assert number(text) is None
