"""Loading the opening content again and again, with staff working on it in between."""

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from simple_history.models import HistoricalChanges

from city.models import Page, PriorityArea, Source, Theme, Ward
from cms.publishing import seeding
from cms.publishing.models import Publishable, SeededRow
from cms.publishing.seeding import Mistake, load
from news.models import NewsItem
from partners.models import Partner
from programmes.models import Audience, GoodPractice, HeadlineFigure, Involvement, Programme, Step
from stories.models import Call, Story, Thread
from tests import make

pytestmark = pytest.mark.django_db

PROGRAMME = {
    "slug": "reading",
    "title": "Reading",
    "summary": "Read together.",
    "audience": "Everyone",
    "running": "1-running",
    "age_from": 5,
    "body": "<p>Words.</p>",
    "started": "2018",
    "themes": ["learning"],
    "sources": ["report"],
    "involvements": [{"partner": "library", "role": "1-lead"}],
    "figures": [
        {"value": 33, "unit": "schools", "what": "schools", "source": "report", "order": 1},
        {"value": 1.8, "unit": "%", "what": "more", "order": 2},
    ],
    "steps": [{"when": "2018", "what": "It began.", "source": "report"}],
    "good_practice": {"problem": "<p>A</p>", "approach": "<p>B</p>", "evidence": "<p>C</p>", "lessons": "<p>D</p>"},
}


@pytest.fixture
def around():
    """What the programme leads to."""
    return {
        "theme": make.theme(slug="learning"),
        "source": make.source(key="report"),
        "partner": make.partner(slug="library"),
    }


def load_one(**changes):
    return load(Programme, [PROGRAMME | changes], later=("led_to", "instead"))


def history_rows():
    return sum(model.objects.count() for model in apps.get_models() if issubclass(model, HistoricalChanges))


# Making


def test_a_thing_is_made_with_all_that_belongs_to_it(around):
    done = load_one()

    programme = Programme.objects.get()
    assert done == {"made": 1}
    assert (programme.title, programme.age_from, programme.started) == ("Reading", 5, "2018")
    assert list(programme.themes.all()) == [around["theme"]]
    assert list(programme.sources.all()) == [around["source"]]
    assert [str(figure) for figure in programme.figures.all()] == ["33 schools", "1.8% more"]
    assert programme.figures.first().source == around["source"]
    assert programme.involvements.get().partner == around["partner"]
    assert programme.good_practice.lessons == "<p>D</p>"


def test_opening_content_is_public_unless_it_says_otherwise(around):
    load_one()
    load(Programme, [PROGRAMME | {"slug": "other", "title": "Other", "status": "draft"}])

    assert [programme.slug for programme in Programme.objects.published()] == ["reading"]


def test_a_source_is_known_by_its_key():
    load(Source, [{"key": "report", "title": "Report", "publisher": "Office"}])

    assert load(Source, [{"key": "report", "title": "Report, again", "publisher": "Office"}]) == {"updated": 1}
    assert Source.objects.get().title == "Report, again"


def test_rows_may_lead_to_rows_that_come_after_them(around):
    first, second = PROGRAMME | {"led_to": ["second"], "instead": "second"}, {"slug": "second", "title": "Second"}

    load(Programme, [first, PROGRAMME | second | {"led_to": ["reading"]}], later=("led_to", "instead"))

    reading, other = Programme.objects.order_by("pk")
    assert (reading.instead, list(reading.led_to.all())) == (other, [other])
    assert list(other.led_to.all()) == [reading]


def test_an_empty_link_stays_empty(around):
    load_one(instead=None)

    assert Programme.objects.get().instead is None


# Again


def test_loading_again_changes_nothing_and_writes_no_history(around):
    load_one()
    before = history_rows(), list(Programme.objects.values()), list(HeadlineFigure.objects.values())

    assert load_one() == {"unchanged": 1}
    assert (history_rows(), list(Programme.objects.values()), list(HeadlineFigure.objects.values())) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Reading together"},
        {"age_from": None},
        {"themes": []},
        {"figures": []},
        {"figures": [{"value": 34, "unit": "schools", "what": "schools"}]},
        {"steps": [*PROGRAMME["steps"], {"when": "2019", "what": "It grew."}]},
        {"good_practice": PROGRAMME["good_practice"] | {"lessons": "<p>E</p>"}},
        {"status": "draft"},
    ],
    ids=lambda changes: ", ".join(changes),
)
def test_what_nobody_touched_follows_the_content(around, changes):
    load_one()

    assert load_one(**changes) == {"updated": 1}

    fresh = seeding.digest(Programme.objects.get())
    Programme.objects.all().delete()
    SeededRow.objects.all().delete()
    load_one(**changes)
    assert seeding.digest(Programme.objects.get()) == fresh


def test_bringing_up_to_date_leaves_no_old_rows_behind(around):
    load_one()

    load_one(title="Reading together")

    assert (HeadlineFigure.objects.count(), Step.objects.count(), GoodPractice.objects.count()) == (2, 1, 1)
    assert Involvement.objects.count() == 1


EDITS = {
    "a field": lambda programme: save(programme, title="Renamed by staff"),
    "a field emptied": lambda programme: save(programme, body=""),
    "the status": lambda programme: save(programme, status="draft"),
    "the owner": lambda programme: save(programme, owner=make.user()),
    "the day it was checked": lambda programme: save(programme, checked_on="2026-01-01"),
    "a time to take it down": lambda programme: save(programme, unpublish_at="2999-01-01T00:00Z"),
    "a link added": lambda programme: programme.themes.add(make.theme()),
    "a link taken away": lambda programme: programme.sources.clear(),
    "a link to its own kind": lambda programme: programme.led_to.add(make.programme()),
    "a row changed": lambda programme: save(programme.figures.first(), value=35),
    "a row added": lambda programme: make.figure(programme=programme),
    "a row deleted": lambda programme: programme.steps.get().delete(),
    "a part of a partner changed": lambda programme: save(programme.involvements.get(), note="Since 2019"),
    "a picture added": lambda programme: make.programme_picture(programme=programme, image=make.image()),
    "its good practice": lambda programme: save(programme.good_practice, lessons="<p>Other.</p>"),
    "its good practice deleted": lambda programme: programme.good_practice.delete(),
}
every_edit = pytest.mark.parametrize("edit", EDITS)


def save(thing, **fields):
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save()


@every_edit
def test_what_staff_changed_is_left_as_they_have_it(around, edit):
    load_one()
    EDITS[edit](Programme.objects.get())
    as_staff_have_it = seeding.digest(Programme.objects.get(slug="reading"))

    assert load_one(summary="A newer summary.") == {"left as staff have it": 1}
    assert load_one() == {"left as staff have it": 1}
    assert seeding.digest(Programme.objects.get(slug="reading")) == as_staff_have_it


def test_what_staff_put_back_follows_the_content_again(around):
    load_one()
    save(Programme.objects.get(), title="Renamed by staff")
    save(Programme.objects.get(), title="Reading")

    assert load_one(title="Reading together") == {"updated": 1}


def test_what_staff_deleted_stays_deleted(around):
    load_one()
    Programme.objects.all().delete()

    assert load_one() == {"left deleted": 1}
    assert load_one(title="Reading together") == {"left deleted": 1}
    assert not Programme.objects.exists()


def test_what_staff_gave_another_address_is_not_made_a_second_time(around):
    load_one()
    save(Programme.objects.get(), slug="reading-together")

    assert load_one() == {"left as staff have it": 1}
    assert Programme.objects.get().slug == "reading-together"


def test_what_staff_made_themselves_is_not_ours_to_change(around):
    make.programme(slug="reading", title="Made by staff")

    assert load_one() == {"left as staff have it": 1}
    assert Programme.objects.get().title == "Made by staff"
    assert not SeededRow.objects.exists()


def test_what_happens_to_others_is_no_change_of_this_thing(around):
    load_one()
    save(around["theme"], title="Renamed theme")
    make.programme(led_to=[Programme.objects.get(slug="reading")])

    assert load_one() == {"unchanged": 1}


def test_each_row_is_judged_by_itself(around):
    others = [PROGRAMME | {"slug": slug, "title": slug} for slug in ("edited", "deleted", "same", "changed")]
    load(Programme, others)
    save(Programme.objects.get(slug="edited"), summary="By staff.")
    Programme.objects.get(slug="deleted").delete()
    others[3] = others[3] | {"summary": "Newer."}

    done = load(Programme, [*others, PROGRAMME])

    assert done == {"left as staff have it": 1, "left deleted": 1, "unchanged": 1, "updated": 1, "made": 1}


# Mistakes


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"colour": "red"}, "no field “colour”"),
        ({"themes": ["learning", "nowhere"]}, "names the theme “nowhere”, which is not there"),
        ({"instead": "nowhere"}, "names the programme “nowhere”"),
        ({"running": "sometimes"}, "sometimes"),
        ({"title": ""}, "cannot be blank"),
        ({"summary": "x" * 251}, "at most 250"),
        ({"started": "last year"}, "Write a year"),
        ({"started": "2019", "ended": "2018"}, "The end must not be before the start"),
        ({"age_from": "five"}, "age_from.*five"),
        ({"age_from": -1}, "greater than or equal to 0"),
        ({"figures": [{"unit": "x", "what": "y"}]}, "headline figure.*cannot be null"),
        ({"figures": [{"value": "many", "unit": "x", "what": "y"}]}, "headline figure.*many"),
        ({"figures": [{"source": "nowhere", "value": 1}]}, "headline figure.*source “nowhere”"),
        ({"involvements": [{"partner": "library", "role": "boss"}]}, "boss"),
        ({"involvements": [{"role": "1-lead"}]}, "cannot be null"),
        ({"good_practice": {"problem": "<p>A</p>"}}, "cannot be blank"),
        ({"status": "public"}, "public"),
        ({"publish_at": "2020-01-02T00:00Z", "unpublish_at": "2020-01-01T00:00Z"}, "must be later"),
    ],
    ids=str,
)
def test_a_mistake_in_the_content_names_its_row(around, changes, words):
    with pytest.raises(Mistake, match=f"(?s)programme “reading”.*{words}"):
        load_one(**changes)


def test_a_row_without_a_name_is_a_mistake():
    with pytest.raises(Mistake, match=r"a programme has no slug.*Nameless"):
        load(Programme, [{"title": "Nameless"}])


def test_after_a_mistake_nothing_of_the_file_is_there(around):
    with pytest.raises(Mistake):
        load(Programme, [PROGRAMME, PROGRAMME | {"slug": "wrong", "title": "Wrong", "themes": ["nowhere"]}])

    assert not Programme.objects.exists()
    assert not SeededRow.objects.exists()


def test_only_what_people_know_by_a_name_can_be_seeded():
    with pytest.raises(LookupError, match="neither slug nor key"):
        load(Step, [{"what": "It began."}])


# The real content

CONTENT = (Source, Ward, Theme, PriorityArea, Audience, Page, Partner, Programme, NewsItem, Thread, Call, Story)


def test_the_opening_content_has_no_mistake_and_is_loaded_once(capsys):
    call_command("seed")
    first = capsys.readouterr().out
    counts, history = {model: model.objects.count() for model in CONTENT}, history_rows()

    call_command("seed", verbosity=2)
    second = capsys.readouterr().out

    assert "made" in first
    assert f"{sum(counts.values())} unchanged" in second
    assert "made" not in second
    assert "updated" not in second
    assert {model: model.objects.count() for model in CONTENT} == counts
    assert all(counts.values())
    assert history_rows() == history
    for model in CONTENT:
        if issubclass(model, Publishable):
            assert model.objects.published().count() == model.objects.count()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- {key: a, title: A}", "sources.yaml"),
        ("- [", "sources.yaml"),
        ("- {key: a, title: A, publisher: P, colour: red}", "no field “colour”"),
    ],
)
def test_a_mistake_in_a_file_stops_the_command_and_names_the_file(tmp_path, settings, text, words):
    settings.BASE_DIR = tmp_path
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "sources.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(CommandError, match=words):
        call_command("seed")

    assert not Source.objects.exists()


@pytest.mark.django_db
def test_a_link_to_what_staff_deleted_is_left_out():
    audience = {"slug": "children", "title": "Children"}
    row = {"slug": "play", "title": "Play", "summary": "Playing.", "audience": "Children", "audiences": ["children"]}
    load(Audience, [audience])
    Audience.objects.get().delete()

    load(Programme, [row])

    assert not Programme.objects.get().audiences.exists()


@pytest.mark.django_db
def test_what_was_seeded_before_pictures_were_rows_still_counts_as_untouched(around):
    load_one()

    state = seeding._state(Programme.objects.get())

    assert (state["picture"], "pictures" in state) == (None, False)
    assert "pictures" not in seeding._state(make.page())


def test_each_thing_is_seeded_under_one_key():
    SeededRow.objects.create(kind="city.Page", key="about", object_id=1)

    with pytest.raises(IntegrityError, match="each_thing_is_seeded_under_one_key"), transaction.atomic():
        SeededRow.objects.create(kind="city.Page", key="about", object_id=1)


def test_what_staff_renamed_is_found_by_what_links_to_it(around):
    save(around["partner"], slug="the-library")
    SeededRow.objects.create(kind="partners.Partner", key="library", object_id=around["partner"].pk)

    load_one()

    assert Programme.objects.get().involvements.get().partner == around["partner"]


def test_a_row_that_needs_what_staff_deleted_is_left_out(around):
    SeededRow.objects.create(kind="partners.Partner", key="library", object_id=around["partner"].pk)
    around["partner"].delete()

    load_one()

    assert not Programme.objects.get().involvements.exists()
    assert Programme.objects.get().figures.count() == 2
