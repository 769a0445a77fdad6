"""A draft beside the live page, as staff meet it in the admin."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.revisions import workflow
from cms.revisions.models import Proposal
from programmes.models import Programme, Step
from tests import make
from tests.programmes.test_admin import address, as_form


@pytest.fixture
def live(db):
    return make.programme(title="Reading", body="<p>Children read.</p>", running="3-finished", summary="Old words.")


def page_of(proposal, view="change"):
    return f"/admin/cms/proposal/{proposal.pk}/{view}/"


def text(response):
    assert response.status_code == 200, response
    return response.content.decode()


def seen(client, thing):
    """What the form remembers of the page when it is opened."""
    return client.get(address(thing)).context["adminform"].form["seen"].value()


def keep(client, thing, button="_propose", **changes):
    sent = as_form(thing, **changes) | {button: "1", "seen": seen(client, thing)}
    return client.post(address(thing), sent)


def test_a_change_is_kept_beside_the_page_and_the_public_sees_nothing_of_it(browse, client, cast, live):
    response = keep(browse("editor"), live, summary="New words.", change_reason="The school told us")

    proposal = Proposal.objects.get()
    live.refresh_from_db()
    assert response.url == page_of(proposal)
    assert (proposal.by, proposal.why, proposal.status) == (cast.editor, "The school told us", "draft")
    assert live.summary == "Old words."
    assert "New words." not in text(client.get(live.get_absolute_url()))
    assert live.history.count() == 1


def test_only_what_was_changed_is_shown_as_a_difference(browse, live):
    client = browse("editor")
    keep(client, live, summary="New words.")

    response = client.get(page_of(Proposal.objects.get()))

    assert [difference.what for difference in response.context["differences"]] == ["Summary"]
    assert "<del>" in text(response)
    assert "[removed: </span>Old" in text(response)
    assert "[added: </span>New" in text(response)


def test_lists_are_kept_too(browse, live):
    client = browse("editor")
    step = Step.objects.create(programme=live, when="2019", what="It began")
    theme = make.theme(title="Fairness")
    rows = {
        "steps-TOTAL_FORMS": 2, "steps-INITIAL_FORMS": 1,
        "steps-0-id": step.pk, "steps-0-programme": live.pk, "steps-0-when": "2019", "steps-0-what": "It began well",
        "steps-0-order": 0, "steps-1-when": "2020", "steps-1-what": "It went on", "steps-1-order": 1,
    }  # fmt: skip

    keep(client, live, themes=[theme.pk], **rows)
    proposal = Proposal.objects.get()
    shown = client.get(page_of(proposal)).context["differences"]

    assert [(one.what, one.note) for one in shown] == [("Themes", ""), ("Step", ""), ("Step", "added")]
    assert shown[0].new == "Fairness"
    step.refresh_from_db()
    assert step.what == "It began"
    client.post(page_of(proposal, "decide"), {"step": "publish"})
    assert [one.what for one in live.steps.all()] == ["It began well", "It went on"]


def test_what_is_wrong_is_said_and_stays_typed(browse, live):
    response = keep(browse("editor"), live, title="", summary="New words.")

    assert "title" in response.context["adminform"].form.errors
    assert "New words." in text(response)
    assert not Proposal.objects.exists()


def test_half_a_change_may_wait_but_not_be_published(browse, live):
    client = browse("editor")
    keep(client, live, body="")
    proposal = Proposal.objects.get()

    answer = text(client.post(page_of(proposal, "decide"), {"step": "publish"}))

    assert "What it is: Fill this in before you publish." in text(client.get(page_of(proposal, "preview")))
    assert "What it is: Fill this in before you publish." in answer
    proposal.refresh_from_db()
    assert proposal.status == "draft"


def test_it_is_written_on(browse, live):
    client = browse("editor")
    keep(client, live, summary="New words.")
    proposal = Proposal.objects.get()

    form = client.get(address(live), {"proposal": proposal.pk})
    assert 'value="New words."' in text(form) or ">New words.<" in text(form).replace("\n", "")
    client.post(f"{address(live)}?proposal={proposal.pk}", written_on(client, live, proposal, summary="Newer words."))

    proposal.refresh_from_db()
    live.refresh_from_db()
    assert proposal.values["fields"]["summary"] == "Newer words."
    assert live.summary == "Old words."
    assert Proposal.objects.count() == 1


def written_on(client, live, proposal, **changes):
    """What the form of a change sends that somebody opened now."""
    form = client.get(address(live), {"proposal": proposal.pk}).context["adminform"].form
    shown = {name: form[name].value() for name in ("title", "summary", "audience", "places", "seen", "seen_at")}
    return as_form(live) | shown | {"_propose": "1"} | changes


def test_two_people_write_on_one_change_and_nothing_is_lost(browse, cast, live):
    proposal = make.proposal(live, by=cast.writer, summary="New words.")
    there = f"{address(live)}?proposal={proposal.pk}"
    second = written_on(browse("administrator"), live, proposal, summary="Addy’s words.", places="Addy’s place")
    browse("editor").post(there, written_on(browse("editor"), live, proposal, summary="Edie’s words."))

    response = browse("administrator").post(there, second)

    proposal.refresh_from_db()
    form = response.context["adminform"].form
    assert proposal.values["fields"]["summary"] == "Edie’s words."
    assert [one.what for one in response.context["conflict"]["both"]] == ["Summary"]
    assert (form["summary"].value(), form["places"].value()) == ("Addy’s words.", "Addy’s place")
    seen = {name: form[name].value() for name in ("seen", "seen_at")}
    browse("administrator").post(there, second | seen)
    proposal.refresh_from_db()
    assert proposal.values["fields"]["summary"] == "Addy’s words."


def test_what_is_typed_for_a_change_that_was_decided_meanwhile_is_kept_as_a_new_one(browse, cast, live):
    proposal = make.proposal(live, by=cast.writer, status="waiting", summary="New words.")
    sent = written_on(browse("writer"), live, proposal, summary="Newer words.")
    browse("editor").post(page_of(proposal, "decide"), {"step": "publish"})

    response = browse("writer").post(f"{address(live)}?proposal={proposal.pk}", sent, follow=True)

    new = Proposal.objects.exclude(pk=proposal.pk).get()
    proposal.refresh_from_db()
    assert "Yours is kept as a new one." in text(response)
    assert new.values["fields"]["summary"] == "Newer words."
    assert proposal.values["fields"]["summary"] == "New words."
    assert browse("writer").get(address(live), {"proposal": proposal.pk}).url == page_of(proposal)


def test_lists_that_somebody_may_only_read_are_left_alone(client, cast, live):
    step = Step.objects.create(programme=live, when="2019", what="It began")
    person = make.staff()
    rights = Permission.objects.filter(codename__in=("view_programme", "change_programme", "view_step"))
    person.user_permissions.set(rights)
    client.force_login(person)
    rows = {"steps-TOTAL_FORMS": 1, "steps-INITIAL_FORMS": 1, "steps-0-id": step.pk}

    keep(client, live, summary="New words.", **rows)
    proposal = Proposal.objects.get()
    workflow.take("publish", proposal, by=cast.editor)

    live.refresh_from_db()
    assert live.summary == "New words."
    assert [one.what for one in live.steps.all()] == ["It began"]


@pytest.mark.parametrize("who", ["writer", "editor", "administrator"])
def test_nobody_makes_a_copy_through_the_form(browse, live, who):
    sent = as_form(live, _saveasnew="1", title="Copy", slug="copy")

    assert browse(who).post(address(live), sent).status_code == 403
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("build", [make.partner, make.page, make.theme, make.priority_area, make.ward])
def test_every_kind_of_page_can_wait_beside_itself(cast, browse, client, build):
    thing = build()
    word = "name" if hasattr(thing, "name") else "title"
    proposal = make.proposal(thing, by=cast.editor, **{word: "Another name"})

    shown = text(browse("editor").get(page_of(proposal, "preview/page")))
    workflow.take("publish", proposal, by=cast.editor)

    assert "Another name" in shown
    assert "Another name" in text(client.get(thing.get_absolute_url()))


def test_writing_on_shows_what_others_changed_on_the_live_page(browse, live):
    client = browse("editor")
    keep(client, live, summary="New words.")
    live.audience = "Everybody who reads"
    live.save()

    form = client.get(address(live), {"proposal": Proposal.objects.get().pk})

    assert "Everybody who reads" in text(form)
    assert "New words." in text(form)


def test_both_changed_the_same_place_is_told_on_its_page(browse, live):
    client = browse("editor")
    keep(client, live, summary="New words.")
    live.summary = "Other words."
    live.save()

    response = client.get(page_of(Proposal.objects.get()))

    assert [one.what for one in response.context["clashes"]] == ["Summary"]
    assert "The page was changed in the same places meanwhile" in text(response)


def test_a_writer_cannot_change_what_is_public_only_propose(browse, client, live):
    response = browse("writer").post(address(live), as_form(live, summary="New words.", status="published"))

    live.refresh_from_db()
    assert live.summary == "Old words."
    assert response.url == page_of(Proposal.objects.get())


@pytest.mark.parametrize("field", ["status", "publish_at", "unpublish_at"])
def test_a_writer_decides_nothing_about_who_sees_a_page(browse, field):
    draft = make.programme(status="draft", body="<p>A</p>", running="3-finished")
    values = {"status": "published", "publish_at": "2030-01-01T10:00", "unpublish_at": "2030-01-01T10:00"}

    browse("writer").post(address(draft), as_form(draft, summary="New words.", **{field: values[field]}))

    draft.refresh_from_db()
    assert (draft.summary, draft.status, draft.publish_at) == ("New words.", "draft", None)


def test_a_writer_asks_for_a_draft_to_be_published_and_an_editor_does_it(browse, client, live):
    draft = make.programme(status="draft", body="<p>A</p>", running="3-finished")
    keep(browse("writer"), draft, "_send", summary="New words.")
    proposal = Proposal.objects.get()
    assert proposal.status == "waiting"

    browse("editor").post(page_of(proposal, "decide"), {"step": "publish"})

    assert "New words." in text(client.get(draft.get_absolute_url()))


def test_refused_words_are_read_by_whoever_wrote_it(browse, live):
    keep(browse("writer"), live, "_send", summary="New words.")
    proposal = Proposal.objects.get()

    refused = browse("editor").post(page_of(proposal, "decide"), {"step": "refuse", "words": ""})
    assert "Say why" in text(refused)
    browse("editor").post(page_of(proposal, "decide"), {"step": "refuse", "words": "Where is this said?"})

    assert "Where is this said?" in text(browse("writer").get(page_of(proposal)))


def test_a_step_that_is_not_possible_any_more_is_told(browse, live):
    keep(browse("editor"), live, summary="New words.")
    proposal = Proposal.objects.get()
    browse("administrator").post(page_of(proposal, "decide"), {"step": "take_back"})

    response = browse("editor").post(page_of(proposal, "decide"), {"step": "refuse", "words": "My long words"})

    assert "Nothing was done: this change is “Taken back” now." in text(response)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"step": "schedule"}, "Choose a day and a time."),
        ({"step": "schedule", "publish_at": "2020-01-01T10:00"}, "That moment has passed"),
        ({"step": "schedule", "publish_at": "soon"}, "Enter a valid date/time"),
        ({"step": "schedule", "publish_at": "2027-03-28T01:30"}, "the clocks go forward"),
        ({"step": "refuse", "words": "x" * 5000}, "room for 2000"),
    ],
)
def test_a_bad_decision_is_refused_with_words(browse, live, sent, words):
    keep(browse("editor"), live, "_send", summary="New words.")
    proposal = Proposal.objects.get()

    assert words in text(browse("editor").post(page_of(proposal, "decide"), sent))
    proposal.refresh_from_db()
    assert proposal.status == "waiting"


@pytest.mark.parametrize("sent", [{}, {"step": "fail"}, {"step": "explode"}])
def test_a_step_that_is_none_is_not_found(browse, live, sent):
    proposal = make.proposal(live, by=None, status="scheduled")

    assert browse("administrator").post(page_of(proposal, "decide"), sent).status_code == 404


@pytest.mark.parametrize("view", ["change", "preview", "preview/page", "share", "decide"])
@pytest.mark.parametrize("who", ["anyone", "stranger"])
def test_who_is_no_staff_sees_nothing_of_it(browse, cast, live, who, view):
    proposal = make.proposal(live, by=cast.editor, summary="New words.")

    assert browse(who).get(page_of(proposal, view)).status_code == 302


@pytest.mark.parametrize("view", ["change", "preview", "preview/page", "share"])
def test_staff_without_the_right_to_the_thing_do_not_find_it(client, cast, live, view):
    proposal = make.proposal(live, by=cast.editor, summary="New words.")
    client.force_login(make.staff())

    assert client.get(page_of(proposal, view)).status_code == 404
    assert client.get("/admin/cms/proposal/").status_code == 403


@pytest.mark.parametrize("view", ["change", "preview", "preview/page", "share"])
def test_who_is_limited_finds_only_what_is_for_things_they_were_given(client, cast, live, view):
    proposal = make.proposal(live, by=cast.editor, summary="New words.")
    limited = make.staff("Editor", is_limited=True)
    client.force_login(limited)

    assert client.get(page_of(proposal, view)).status_code == 404
    assert "Reading" not in text(client.get("/admin/cms/proposal/"))
    live.given_to.add(limited)
    assert client.get(page_of(proposal, view)).status_code == 200
    assert "Reading" in text(client.get("/admin/cms/proposal/"))


def test_a_moderator_reads_it_and_does_nothing(browse, cast, live):
    proposal = make.proposal(live, by=cast.editor, status="waiting", summary="New words.")
    client = browse("moderator")

    assert "What now?" not in text(client.get(page_of(proposal)))
    assert client.get(page_of(proposal, "share")).status_code == 403
    assert client.get(address(live), {"proposal": proposal.pk}).status_code == 404
    for step in ("publish", "take_back", "refuse"):
        assert client.post(page_of(proposal, "decide"), {"step": step, "words": "No"}).status_code == 403


@pytest.mark.parametrize("key", ["999999", "abc", "", "99999999999999999999999"])
def test_a_proposal_that_is_not_there_is_not_found(browse, live, key):
    assert browse("editor").get(address(live), {"proposal": key}).status_code == 404


def test_a_proposal_of_another_thing_is_not_found(browse, cast, live):
    proposal = make.proposal(make.programme(), by=cast.editor)

    assert browse("editor").get(address(live), {"proposal": proposal.pk}).status_code == 404
    assert browse("editor").post(f"{address(live)}?proposal={proposal.pk}", as_form(live)).status_code == 404


def test_the_form_says_what_waits_beside_the_page(browse, cast, live):
    make.proposal(live, by=cast.writer, status="waiting", summary="New words.")
    make.proposal(live, by=cast.writer, status="refused", summary="Other words.")

    page = text(browse("editor").get(address(live)))

    assert "Changes that stand beside this page" in page
    assert page.count(", by Wren Writer") == 1


def test_a_preview_of_what_is_typed_saves_nothing(browse, cast, live):
    client = browse("editor")

    response = keep(client, live, "_preview", summary="New words.")
    sketch = Proposal.objects.get()
    page = text(client.get(page_of(sketch, "preview/page")))

    assert response.url == page_of(sketch, "preview")
    assert "New words." in page
    live.refresh_from_db()
    assert live.summary == "Old words."
    assert live.history.count() == 1
    assert browse("administrator").get(page_of(sketch, "preview/page")).status_code == 404
    assert "Reading" not in text(client.get("/admin/cms/proposal/"))


def test_something_new_is_previewed_before_it_is_there(browse):
    client = browse("editor")
    blank = make.programme(body="<p>A</p>", running="3-finished")
    sent = as_form(blank, title="Brand new", slug="brand-new", summary="New words.", _preview="1")
    sent.pop("seen_at")

    answered = client.post("/admin/programmes/programme/add/", sent)
    assert answered.status_code == 302, answered.context["errors"]
    page = text(client.get(page_of(Proposal.objects.get(), "preview/page")))

    assert "<h1>Brand new</h1>" in page
    assert not Programme.objects.filter(slug="brand-new").exists()


def test_a_preview_shows_lists_as_they_would_be(browse, cast, live):
    proposal = make.proposal(
        live, by=cast.editor,
        rows={"steps": [{"id": "", "when": "2019", "what": "It began with a bus", "order": "0"}]},
    )  # fmt: skip

    response = browse("editor").get(page_of(proposal, "preview/page"))

    assert "It began with a bus" in text(response)
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    assert "no-store" in response.headers["Cache-Control"]
    assert not live.steps.exists()


def test_the_frame_around_a_preview_is_as_wide_as_is_asked(browse, cast, live):
    proposal = make.proposal(live, by=cast.editor)
    client = browse("editor")

    assert "frame--phone" in text(client.get(page_of(proposal, "preview"), {"width": "phone"}))
    assert "frame--desktop" in text(client.get(page_of(proposal, "preview"), {"width": "<script>"}))
    policy = client.get(page_of(proposal, "preview")).headers["Content-Security-Policy"]
    assert "frame-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_what_could_not_be_published_has_no_preview_but_reasons(browse, cast, live):
    make.programme(title="Taken")
    proposal = make.proposal(live, by=cast.editor, title="Taken")
    client = browse("editor")

    assert "There is no preview yet" in text(client.get(page_of(proposal, "preview")))
    assert client.get(page_of(proposal, "preview/page")).status_code == 404


def test_the_list_costs_the_same_for_one_and_for_thirty(browse, cast, live):
    client = browse("editor")
    counts = []
    for more in (1, 30):
        for _ in range(more):
            make.proposal(live, by=make.user(), status="waiting")
        client.get("/admin/cms/proposal/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/admin/cms/proposal/")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 20


@pytest.mark.parametrize("query", ["status=waiting", "status=nonsense", "written_by=me", "written_by=others", "q=Read"])
def test_the_list_is_narrowed(browse, cast, live, query):
    make.proposal(live, by=cast.editor, status="waiting")

    shown = "Reading" in text(browse("editor").get(f"/admin/cms/proposal/?{query}"))

    assert shown == (query != "written_by=others")


def test_a_scheduled_change_edited_by_a_writer_waits_again(browse, cast, live):
    proposal = make.proposal(live, by=cast.writer, status="scheduled", summary="New words.")
    client = browse("writer")

    client.post(f"{address(live)}?proposal={proposal.pk}", written_on(client, live, proposal, summary="Sneaky words."))

    proposal.refresh_from_db()
    assert (proposal.status, proposal.publish_at) == ("waiting", None)


def test_a_page_of_an_ended_proposal_tells_what_it_did(browse, cast, live):
    proposal = make.proposal(live, by=cast.editor, summary="New words.")
    client = browse("editor")
    client.post(page_of(proposal, "decide"), {"step": "publish"})

    response = client.get(page_of(proposal))

    assert [one.what for one in response.context["differences"]] == ["Summary"]
    assert "What now?" not in text(response)
    assert timezone.localtime().strftime("%Y") in text(response)


@pytest.mark.parametrize("gone", [{"fields": {"gone_since": "word"}}, {"rows": {"gone": [{"id": "", "what": "x"}]}}])
def test_a_closed_change_is_read_when_its_form_has_changed_since(browse, cast, live, gone):
    proposal = make.proposal(live, by=cast.editor, status="taken_back", summary="New words.")
    for part, more in gone.items():
        proposal.values[part] |= more
    proposal.save()

    assert "New" in text(browse("editor").get(page_of(proposal)))


def test_a_sketch_is_not_shown_to_somebody_who_has_lost_the_page(client, db):
    person = make.staff("Writer", is_limited=True)
    draft = make.programme(status="draft", title="Plan")
    draft.given_to.add(person)
    sketch = make.proposal(draft, by=person, status="sketch")
    client.force_login(person)
    assert client.get(page_of(sketch, "preview/page")).status_code == 200

    draft.given_to.clear()

    assert client.get(page_of(sketch, "preview/page")).status_code == 404


def test_reading_and_writing_on_ask_as_often_for_many_rows_as_for_one(browse, cast):
    def asked_with(count):
        programme = make.programme(body="<p>A</p>", running="3-finished")
        for number in range(count):
            Step.objects.create(programme=programme, when=f"20{number:02}", what="It went on", source=make.source())
            make.figure(programme=programme, source=make.source())
        proposal = make.proposal(programme, by=cast.editor, summary="New words.")
        counts = []
        for there in (page_of(proposal), f"{address(programme)}?proposal={proposal.pk}"):
            browse("editor").get(there)
            with CaptureQueriesContext(connection) as asked:
                assert browse("editor").get(there).status_code == 200
            counts.append(len(asked))
        return counts

    assert asked_with(1) == asked_with(8)
