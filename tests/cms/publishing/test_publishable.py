"""The law: the public sees only what is published now. A hidden thing leaves no trace on any page."""

import datetime

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from city.models import Page, PriorityArea, Theme, Ward
from cms.publishing.models import MovedAddress, Publishable
from derbycity.sitemaps import SITEMAPS
from news.models import NewsItem
from partners.models import Partner
from programmes.models import Funding, Involvement, Programme
from stories.models import Call, Story, Thread
from tests import make
from tests import make_stories as told

pytestmark = pytest.mark.django_db

MAKERS = {
    "page": make.page,
    "theme": make.theme,
    "priority area": make.priority_area,
    "ward": make.ward,
    "partner": make.partner,
    "programme": make.programme,
    "news item": make.news_item,
    "thread": told.thread,
    "call": told.call,
}
MODELS = (Page, Theme, PriorityArea, Ward, Partner, Programme, NewsItem, Thread, Call)
DAY = datetime.timedelta(days=1)

every_kind = pytest.mark.parametrize("kind", MAKERS)


def times(publish_in=None, unpublish_in=None):
    now = timezone.now()
    return {
        "publish_at": publish_in and now + publish_in,
        "unpublish_at": unpublish_in and now + unpublish_in,
    }


def hidden(how):
    """Fields of something the public must not see, named by how it is hidden."""
    return {
        "draft": {"status": "draft"} | times(-DAY, DAY),
        "scheduled": {"status": "published"} | times(DAY),
        "taken down": {"status": "published"} | times(None, -DAY),
    }[how]


WAYS_TO_HIDE = ("draft", "scheduled", "taken down")
every_way_to_hide = pytest.mark.parametrize("how", WAYS_TO_HIDE)


def test_every_public_model_is_shown_to_follow_the_law():
    kinds = {model for model in Publishable.__subclasses__() if not model._meta.abstract}

    assert {maker().__class__ for maker in MAKERS.values()} == kinds == set(MODELS)


# What is published


@pytest.mark.parametrize(
    ("status", "publish_in", "unpublish_in", "is_public"),
    [
        ("published", None, None, True),
        ("published", -DAY, None, True),
        ("published", None, DAY, True),
        ("published", -DAY, DAY, True),
        ("published", DAY, None, False),
        ("published", DAY, 2 * DAY, False),
        ("published", None, -DAY, False),
        ("published", -2 * DAY, -DAY, False),
        ("draft", None, None, False),
        ("draft", -DAY, None, False),
        ("draft", -DAY, DAY, False),
        ("draft", DAY, None, False),
    ],
)
def test_only_what_is_published_and_in_its_time_is_public(status, publish_in, unpublish_in, is_public):
    page = make.page(status=status, **times(publish_in, unpublish_in))

    assert Page.objects.published().filter(pk=page.pk).exists() is is_public


def test_the_moment_itself_publishes_and_takes_down():
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SELECT statement_timestamp()")
        [now] = cursor.fetchone()

        appeared, gone = make.page(publish_at=now), make.page(unpublish_at=now)

    assert appeared in Page.objects.published()
    assert gone not in Page.objects.published()


@pytest.mark.parametrize("year", [1990, 2150])
def test_only_the_clock_of_the_database_counts(year):
    gone, now_up, to_come = (
        make.page(**times(None, -DAY)),
        make.page(**times(-DAY, DAY)),
        make.page(**times(DAY)),
    )

    with time_machine.travel(datetime.datetime(year, 1, 1, tzinfo=datetime.UTC)):
        found = list(Page.objects.published())

        assert found == [now_up]
        assert Client().get(now_up.get_absolute_url()).status_code == 200
        assert Client().get(gone.get_absolute_url()).status_code == 404
        assert Client().get(to_come.get_absolute_url()).status_code == 404


def test_drafts_and_scheduled_things_are_told_apart():
    draft, _, scheduled = make.page(status="draft", **times(DAY)), make.page(), make.page(**times(DAY))

    assert list(Page.objects.drafts()) == [draft]
    assert list(Page.objects.scheduled()) == [scheduled]


def test_what_is_published_and_past_its_day_is_due_for_review():
    yesterday = timezone.localdate() - DAY
    due = make.page(review_on=yesterday)
    make.page(review_on=timezone.localdate() + 2 * DAY)
    make.page(review_on=None)
    make.page(review_on=yesterday, status="draft")

    assert list(Page.objects.due_for_review()) == [due]


@every_kind
@pytest.mark.parametrize("later_by", [-DAY, datetime.timedelta()])
def test_nothing_is_taken_down_before_it_is_published(kind, later_by):
    now = timezone.now()

    with pytest.raises(IntegrityError, match="is_taken_down_after_it_is_published"), transaction.atomic():
        MAKERS[kind](publish_at=now, unpublish_at=now + later_by)


# No trace


class World:
    """One published thing of each kind, each linked in every way there is to one more thing, of the kind asked for."""

    def __init__(self, kind):
        self.page = make.page(layout="learning_city")
        self.goal_page = make.page(layout="shared_goal")
        self.theme = make.theme(kind="policy")
        self.area = make.priority_area()
        self.ward = make.ward(hex_q=1, hex_r=0)
        self.partner = make.partner(ended="2020")
        self.partner.wards.add(self.ward)
        self.active_partner = make.partner()
        self.programme = make.programme(
            lead=self.partner, themes=[self.theme], priority_areas=[self.area], wards=[self.ward],
            running="3-finished", ended="2019",
        )  # fmt: skip
        self.news_item = make.news_item(
            said_by=self.partner, partners=[self.partner, self.active_partner], programmes=[self.programme]
        )
        name = "name" if kind in ("ward", "partner") else "title"
        self.things = getattr(self, f"add_{kind.replace(' ', '_')}")({"slug": "zebrafish", name: "Zebrafish"})

        told_of = {"thread": "threads"}.get(kind, kind)
        if told_of in ("threads", "call", "ward", "partner", "programme"):
            told.story(**{told_of: self.things if told_of == "threads" else self.things[0]})

    def hide(self, how):
        for thing in self.things:
            type(thing).objects.filter(pk=thing.pk).update(**hidden(how))
        return self

    def add_thread(self, fields):
        return [told.thread(**fields)]

    def add_call(self, fields):
        return [told.call(**fields, ward=self.ward, host=self.active_partner)]

    def add_news_item(self, fields):
        item = make.news_item(
            **fields, said_by=self.partner, partners=[self.active_partner], programmes=[self.programme]
        )
        return [item]

    def add_page(self, fields):
        page = make.page(**fields, layout="learning_city")
        make.page_figure(page=page, what="zebrafish counted", on_home=True)
        return [page]

    def add_theme(self, fields):
        goal = make.theme(slug="zebrafish-goal", title="Zebrafish goal", short_title="Zebrafish", kind="goal")
        theme = make.theme(**fields, short_title="Zebrafish")
        self.programme.themes.add(theme, goal)
        return [theme, goal]

    def add_priority_area(self, fields):
        area = make.priority_area(**fields)
        self.programme.priority_areas.add(area)
        return [area]

    def add_ward(self, fields):
        ward = make.ward(**fields, hex_q=2, hex_r=0)
        self.programme.wards.add(ward)
        self.partner.wards.add(ward)
        return [ward]

    def add_partner(self, fields):
        partner = make.partner(**fields, parent=self.partner, successor=self.partner, logo=make.image())
        partner.wards.add(self.ward)
        make.involvement(programme=self.programme, partner=partner, role="1-lead")
        make.involvement(programme=self.programme, partner=partner, role="4-funder")
        Funding.objects.create(programme=self.programme, funder=partner, amount=500, what="Materials")
        self.partner.successor = self.partner.parent = partner
        self.partner.save()
        self.news_item.partners.add(partner)
        NewsItem.objects.filter(pk=self.news_item.pk).update(said_by=partner)
        return [partner]

    def add_programme(self, fields):
        programme = make.programme(
            lead=self.active_partner, themes=[self.theme, make.theme(kind="goal")], priority_areas=[self.area],
            wards=[self.ward], audiences=[make.audience()], led_to=[self.programme], flagship=1, **fields,
        )  # fmt: skip
        make.involvement(programme=programme, partner=self.partner, role="4-funder")
        make.figure(programme=programme, what="zebrafish fed", on_home=True)
        self.programme.led_to.add(programme)
        self.programme.instead = programme
        self.programme.save()
        self.news_item.programmes.add(programme)
        return [programme]

    def addresses(self):
        """Every address of the portal that may be asked for, lists also with the hidden thing as an answer."""
        others = [
            thing for model in MODELS for thing in model.objects.published().exclude(slug__startswith="zebrafish")
        ]
        slug = "zebrafish"
        return [
            "/", "/programmes/", "/partners/", "/wards/", "/themes/", "/sources/", "/sitemap.xml", "/robots.txt",
            "/news/", "/news/feed.atom",
            *(f"/sitemap-{name}.xml" for name in SITEMAPS),
            "/stories/", "/stories/all/", "/stories/threads/", "/stories/calls/", "/stories/places/", "/stories/time/",
            f"/stories/search/?q=story&thread={slug}&ward={slug}", "/stories/feed.atom", "/stories/languages/en/",
            *(story.get_absolute_url() for story in Story.objects.published()),
            f"/programmes/?about={slug}", f"/programmes/?area={slug}", f"/programmes/?partner={slug}",
            f"/partners/?about={slug}", f"/partners/?where={slug}", "/programmes/?status=finished",
            f"/partners/?about={self.theme.slug}", f"/partners/?where={self.ward.slug}",
            f"/programmes/?about={self.theme.slug}&partner={self.partner.slug}",
            *(thing.get_absolute_url() for thing in others),
        ]  # fmt: skip

    def pages(self):
        """What a stranger with an empty cache reads at each address."""
        client = Client()
        answers = {address: client.get(address) for address in self.addresses()}
        assert {answer.status_code for answer in answers.values()} == {200}
        return {address: answer.content.decode() for address, answer in answers.items()}

    def erase(self):
        """As if the thing had never been."""
        Involvement.objects.filter(partner__slug="zebrafish").delete()
        Funding.objects.filter(funder__slug="zebrafish").update(funder=None)
        NewsItem.objects.filter(said_by__slug="zebrafish").update(said_by=None)
        for thing in self.things:
            thing.delete()


@every_kind
@every_way_to_hide
def test_a_hidden_thing_is_not_found(kind, how):
    thing = MAKERS[kind](**hidden(how))

    assert Client().get(thing.get_absolute_url()).status_code == 404
    assert Client().head(thing.get_absolute_url()).status_code == 404


@every_kind
def test_a_published_thing_is_found(kind):
    thing = MAKERS[kind]()

    assert Client().get(thing.get_absolute_url()).status_code == 200


@every_kind
def test_a_hidden_thing_leaves_no_trace_on_any_page(kind):
    world = World(kind)

    seen = {how: world.hide(how).pages() for how in WAYS_TO_HIDE}
    world.erase()
    never_there = world.pages()

    traces = [
        (how, address)
        for how, pages in seen.items()
        for address, text in pages.items()
        if text != never_there[address] or "zebrafish" in text.lower()
    ]
    assert not traces


@pytest.mark.parametrize(
    ("kind", "shown_on"),
    [
        ("page", ["/", "/sitemap-page.xml"]),
        ("theme", ["/programmes/", "/partners/", "/themes/", "/sitemap-theme.xml", "page", "goal_page", "programme"]),
        ("priority area", ["/programmes/", "/themes/", "/sitemap-priorityarea.xml", "page", "programme"]),
        ("ward", ["/partners/", "/wards/", "/sitemap-ward.xml", "ward", "partner", "programme"]),
        (
            "partner",
            [
                "/",
                "/partners/",
                "/programmes/",
                "/news/",
                "/news/feed.atom",
                "/sitemap-partner.xml",
                "ward",
                "partner",
                "programme",
                "news_item",
            ],
        ),
        (
            "programme",
            [
                "/",
                "/programmes/",
                "/themes/",
                "/sitemap-programme.xml",
                "page",
                "goal_page",
                "theme",
                "area",
                "ward",
                "partner",
                "programme",
                "active_partner",
                "news_item",
            ],
        ),
        (
            "news item",
            ["/", "/news/", "/news/feed.atom", "/sitemap-newsitem.xml", "partner", "active_partner", "programme"],
        ),
        ("thread", ["/stories/", "/stories/threads/", "/sitemap-thread.xml"]),
        ("call", ["/stories/calls/", "/sitemap-call.xml"]),
    ],
)
def test_the_same_thing_published_is_on_all_these_pages(kind, shown_on):
    world = World(kind)

    named = {address for address, text in world.pages().items() if "zebrafish" in text.lower()}

    expected = {name if "/" in name else getattr(world, name).get_absolute_url() for name in shown_on}
    assert expected <= named


# Pictures


def test_a_picture_is_as_wide_as_it_says_and_keeps_its_shape():
    image = make.image(width=2000, height=1333, preview_width=960)

    assert image.preview_height == 640
    assert image.get_absolute_url() == f"/pictures/{image.key}/1/master.jpg"
    assert image.preview_url == f"/pictures/{image.key}/1/preview.jpg"


HOLDERS = {
    "logo": lambda image, **fields: make.partner(logo=image, **fields),
    "picture": lambda image, **fields: make.programme(picture=image, **fields),
    "picture of a page": lambda image, **fields: make.page_picture(image=image, page=make.page(**fields)).page,
    "picture of news": lambda image, **fields: make.news_item(picture=image, **fields),
}
every_holder = pytest.mark.parametrize("holder", HOLDERS)


def test_a_picture_that_nothing_shows_is_not_public():
    assert not make.image().is_public()


@every_holder
def test_a_picture_is_public_while_something_published_shows_it(holder):
    image = make.image()
    HOLDERS[holder](image)

    assert image.is_public()


@every_holder
@every_way_to_hide
def test_a_picture_that_only_hidden_things_show_is_not_public(holder, how):
    image = make.image()
    HOLDERS[holder](image, **hidden(how))

    assert not image.is_public()


@every_holder
def test_a_picture_taken_off_is_not_public_though_the_history_remembers_it(holder):
    image = make.image()
    thing = HOLDERS[holder](image)

    if holder == "logo":
        thing.logo = None
        thing.save()
    else:
        thing.pictures.all().delete()

    assert not image.is_public()


# Moved addresses


@every_kind
def test_a_moved_address_follows_its_thing(kind):
    thing = MAKERS[kind]()
    moved = MovedAddress(old_path="/old/")
    moved.thing = thing

    thing.slug = "somewhere-new"
    thing.save()

    assert moved.target() == thing.get_absolute_url()


@every_kind
@every_way_to_hide
def test_a_moved_address_does_not_tell_where_a_hidden_thing_lives(kind, how):
    moved = MovedAddress(old_path="/old/")
    moved.thing = MAKERS[kind](**hidden(how))

    assert moved.target() == ""


def test_a_moved_address_of_something_deleted_leads_nowhere():
    page = make.page()
    moved = MovedAddress.objects.create(old_path="/old/", thing=page)

    page.delete()

    assert MovedAddress.objects.get(pk=moved.pk).target() == ""


def test_a_moved_address_written_by_hand_leads_where_it_says():
    assert MovedAddress(old_path="/old/", new_path="/new/").target() == "/new/"


def test_an_old_address_leads_to_one_place_only():
    MovedAddress.objects.create(old_path="/old/", new_path="/a/")

    with pytest.raises(IntegrityError), transaction.atomic():
        MovedAddress.objects.create(old_path="/old/", new_path="/b/")
