"""What an organisation's own people may change on its page, and what the council decides of it."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from cms.revisions import workflow
from cms.revisions.models import Proposal
from partners.models import Partner
from partners.page_editing import light_markup, own_page
from partners.staff import acting_grants
from tests import make
from tests.posting import Page


@pytest.fixture
def partner(cast):
    return make.partner(
        name="Sewing Club", slug="sewing", summary="We sew.", body="<p>Old.</p>", owner=cast.editor, website=""
    )


@pytest.fixture
def anna(partner):
    return make.member(partner, person=make.user(name="Anna Kay", email="anna@example.org")).person


@pytest.fixture
def colleague(partner):
    return make.member(partner, role="contributor", person=make.user(name="Cem", email="cem@example.org")).person


def typed(partner, **fields):
    """The form as the page has it, with this typed into it."""
    page = own_page.shown(partner, proposal=own_page.open_change(partner))
    start = {
        "summary": page["summary"],
        "body": light_markup.to_text(page["body"]),
        "also_known_as": page["also_known_as"],
        "website": page["website"],
        "wards": page["wards"],
        "why": "",
        "seen": own_page.fingerprint(page),
        "written_in": "marks",
    } | ({"is_citywide": "on"} if page["is_citywide"] else {})
    return start | fields


def send(person, partner, how="send", **fields):
    address = f"/desk/{partner.slug}/page/"
    return make.signed_in(person).post(address, typed(partner, **fields) | {how: ""}, follow=True)


def read(partner):
    return Partner.objects.get(pk=partner.pk)


def html_of(response):
    return response.content.decode()


# Sending.


def test_what_a_member_sends_waits_and_the_public_page_stays(client, partner, anna):
    response = send(anna, partner, summary="We sew and mend.", body="## New\n- one\n- two", why="We mend now.")

    assert "The council reads it, and answers" in html_of(response)
    change = Proposal.objects.get()
    assert (change.status, change.for_name, change.by, change.why) == ("waiting", "Sewing Club", anna, "We mend now.")
    assert change.values["fields"]["body"] == "<h2>New</h2><ul><li>one</li><li>two</li></ul>"
    assert "We sew." in html_of(client.get("/partners/sewing/"))
    assert "mend" not in html_of(client.get("/partners/sewing/"))
    line = AuditEvent.objects.get(action="proposed")
    assert (line.by, line.by_words) == (anna, "Anna Kay, for Sewing Club")
    assert "in the name of Sewing Club" in Mail.objects.get(to="editor@example.org").text


def test_when_the_council_approves_it_is_public_and_all_managers_hear_it(client, cast, partner, anna, colleague):
    make.member(partner, person=make.user(email="second@example.org"))
    send(colleague, partner, summary="We sew and mend.")
    Mail.objects.all().delete()

    workflow.take("publish", Proposal.objects.get(), by=cast.editor)

    assert "We sew and mend." in html_of(client.get("/partners/sewing/"))
    told = Mail.objects.order_by("to")
    assert [mail.to for mail in told] == ["anna@example.org", "cem@example.org", "second@example.org"]
    assert "http://testserver/desk/sewing/page/" in told[0].text
    assert "/admin/" not in told[0].text
    assert read(partner).history.latest().history_user == cast.editor


def test_a_refusal_is_told_with_its_words_and_without_the_name_of_who_refused(cast, partner, anna):
    send(anna, partner, summary="The best of all.")
    workflow.take("refuse", Proposal.objects.get(), by=cast.editor, note="Say what you do.")

    assert "Say what you do." in Mail.objects.get(to="anna@example.org").text
    page = html_of(make.signed_in(anna).get("/desk/sewing/page/"))
    assert "The council did not publish your last change" in page
    assert "Say what you do." in page
    assert "The best of all." in page  # to be put right
    anew = html_of(make.signed_in(anna).get("/desk/sewing/page/?anew"))
    assert "The best of all." not in anew
    assert "Edie" not in page


def test_a_draft_becomes_public_with_the_approval(client, cast, anna):
    partner = make.partner(name="New", slug="new", status="draft", summary="First words.")
    make.member(partner, person=anna)
    assert "becomes public when the council approves" in html_of(make.signed_in(anna).get("/desk/new/page/"))

    send(anna, partner, body="We are new.")
    assert client.get("/partners/new/").status_code == 404
    workflow.take("publish", Proposal.objects.get(), by=cast.editor)

    assert "We are new." in html_of(client.get("/partners/new/"))
    found = read(partner)
    assert (found.status, found.owner) == ("published", cast.editor)
    assert found.review_on


def test_a_draft_without_a_summary_is_not_sent_and_says_why_at_the_field(anna):
    partner = make.partner(slug="new", status="draft", summary="")
    make.member(partner, person=anna)

    response = send(anna, partner, body="We are new.")

    assert response.status_code == 200
    assert "There is a problem" in html_of(response)
    assert "We are new." in html_of(response)
    assert not Proposal.objects.exists()


def test_writing_again_goes_on_with_the_same_change(partner, anna, colleague):
    send(anna, partner, summary="One.")
    page = own_page.shown(partner, proposal=Proposal.objects.get())
    send(colleague, partner, summary="One.", website="https://sew.example.org", seen=own_page.fingerprint(page))

    change = Proposal.objects.get()
    assert change.status == "waiting"
    assert change.by == colleague
    assert (change.values["fields"]["summary"], change.values["fields"]["website"]) == (
        "One.",
        "https://sew.example.org",
    )


def test_what_was_scheduled_and_changed_is_read_again(cast, partner, anna):
    change = make.proposal(partner, by=anna, status="scheduled", summary="Then.")
    change.for_name = str(partner)
    change.save()

    send(anna, partner, summary="Then, and more.")

    assert Proposal.objects.get().status == "waiting"


def test_nothing_new_is_not_sent(partner, anna):
    response = send(anna, partner)

    assert "nothing to send" in html_of(response)
    assert not Proposal.objects.exists()
    assert not Mail.objects.exists()


def test_it_can_be_looked_at_before_and_taken_back(partner, anna):
    response = send(anna, partner, how="look", summary="To look at.")
    assert response.request["PATH_INFO"] == "/desk/sewing/page/preview/"
    assert Proposal.objects.get().status == "draft"
    framed = make.signed_in(anna).get("/desk/sewing/page/preview/page/")
    assert "To look at." in html_of(framed)
    assert framed.headers["Cache-Control"] == "no-store"

    make.signed_in(anna).post("/desk/sewing/page/send/")
    assert Proposal.objects.get().status == "waiting"
    response = make.signed_in(anna).post("/desk/sewing/page/take-back/", follow=True)

    assert "It is taken back" in html_of(response)
    assert Proposal.objects.get().status == "taken_back"
    assert make.signed_in(anna).get("/desk/sewing/page/preview/page/").status_code == 404


def test_what_waited_and_is_written_on_waits_no_more_until_it_is_sent(partner, anna):
    send(anna, partner, summary="One.")

    send(anna, partner, how="look", summary="Two.")

    assert Proposal.objects.get().status == "draft"


def test_who_clicks_twice_sends_once(partner, anna):
    sent = typed(partner, summary="Mine.") | {"send": ""}
    for _ in range(2):
        make.signed_in(anna).post("/desk/sewing/page/", sent)
    make.signed_in(anna).post("/desk/sewing/page/send/")

    assert Proposal.objects.get().status == "waiting"
    assert AuditEvent.objects.filter(action="proposed").count() == 1
    assert Mail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_members_at_once_make_one_change(partner, anna, colleague):
    seen, broken = own_page.fingerprint(own_page.shown(partner)), []

    def write(person, **changes):
        try:
            own_page.propose(partner, by=person, changes=changes, seen=seen)
        except Exception as error:
            broken.append(error)
        connection.close()

    threads = [
        threading.Thread(target=write, args=[anna], kwargs={"summary": "Anna's."}),
        threading.Thread(target=write, args=[colleague], kwargs={"website": "https://sew.example.org"}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    said = Proposal.objects.get().values["fields"]
    assert broken == []
    assert (said["summary"], said["website"]) == ("Anna's.", "https://sew.example.org")


def test_without_an_owner_whoever_may_publish_finds_it(browse, partner, anna):
    partner.owner = None
    partner.save()
    send(anna, partner, summary="Mine.")

    assert Proposal.objects.get().get_absolute_url() in html_of(browse("editor").get("/admin/"))


def test_staff_who_act_for_the_partner_write_in_its_name_and_are_recorded(cast, partner, anna):
    acting_grants.begin(partner, by=cast.administrator, why="They asked by telephone.")

    send(cast.administrator, partner, summary="Ours.")

    assert Proposal.objects.get().for_name == "Sewing Club"
    line = AuditEvent.objects.get(action="proposed")
    assert (line.by, line.by_words) == (cast.administrator, "Addy Administrator, for Sewing Club")
    page = html_of(make.signed_in(anna).get("/desk/sewing/page/"))
    assert "Addy" not in page


# What is theirs.


def test_fields_set_so_are_public_at_once_and_the_rest_waits(client, partner, anna):
    partner.direct_fields = ["website"]
    partner.save()

    response = send(anna, partner, summary="Waits.", website="https://sew.example.org")

    page = html_of(client.get("/partners/sewing/"))
    assert "https://sew.example.org" in page
    assert "Waits." not in page
    assert "Saved, and public: Website." in html_of(response)
    assert "Sent: Summary." in html_of(response)
    line = AuditEvent.objects.get(action="direct")
    assert (line.by_words, line.new) == ("Anna Kay, for Sewing Club", {"Website": "https://sew.example.org"})
    found = read(partner)
    assert found.history.latest().history_user == anna
    assert found.owner != anna
    assert Proposal.objects.get().base["fields"]["website"] == "https://sew.example.org"


def test_with_only_such_fields_nothing_waits(partner, anna):
    partner.direct_fields = ["website", "wards", "is_citywide"]
    partner.save()
    ward = make.ward(name="Abbey")

    send(anna, partner, website="https://sew.example.org", wards=[ward.pk], is_citywide="on")

    found = read(partner)
    assert (found.website, list(found.wards.all()), found.is_citywide) == ("https://sew.example.org", [ward], True)
    assert not Proposal.objects.open().exists()


def test_a_public_page_without_owner_gets_none_of_the_partners_people(partner, anna):
    partner.owner, partner.direct_fields = None, ["website"]
    partner.save()

    send(anna, partner, website="https://sew.example.org")

    assert read(partner).owner is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "Somebody Else"),
        ("slug", "else"),
        ("status", "draft"),
        ("owner", "1"),
        ("checked_on", "2020-01-01"),
        ("direct_fields", "summary"),
        ("sector", "public"),
        ("sources", "1"),
        ("for_name", "Council"),
        ("partner_id", "1"),
    ],
)
def test_no_other_field_is_ever_theirs(partner, anna, name, value):
    partner.direct_fields = ["summary", "website"]
    partner.save()
    before = own_page.live_values(partner)

    send(anna, partner, body="More.", **{name: value})

    assert own_page.live_values(read(partner)) == before
    change = Proposal.objects.get()
    assert change.for_name == "Sewing Club"
    assert {key for key, said in change.values["fields"].items() if said != before["fields"][key]} == {"body"}


def test_a_field_outside_their_own_is_left_out_in_python_too(partner, anna):
    outcome = own_page.propose(partner, by=anna, changes={"name": "Else", "sector": "public", "summary": "Mine."})

    assert outcome.sent == ["summary"]
    assert Proposal.objects.get().values["fields"]["name"] == "Sewing Club"


# Who may not.

SHOWN = ["", "preview/", "preview/page/"]
DONE = ["", "send/", "take-back/", "still-right/"]
STEPS = [("get", address) for address in SHOWN] + [("post", address) for address in DONE]


@pytest.mark.parametrize(("method", "address"), STEPS)
@pytest.mark.parametrize("who", ["anyone", "resident", "other", "left", "editor", "administrator"])
def test_nobody_else_finds_any_of_it(cast, partner, anna, method, address, who):
    send(anna, partner, how="look", summary="Secret.")
    left = make.member(partner)
    left.ended_at = left.since
    left.save()
    people = {"resident": cast.stranger, "other": make.member(make.partner(slug="other")).person, "left": left.person}
    person = people.get(who) or getattr(cast, who)
    browser = make.signed_in(person) if person else Client()

    response = getattr(browser, method)(f"/desk/sewing/page/{address}", typed(partner, summary="Taken."))

    if person:
        assert response.status_code == 404
    elif method == "post":
        assert response.status_code == 403
        assert "Taken." in html_of(response)  # theirs, to be sent again by whoever signs in
        assert "Secret." not in html_of(response)
    else:
        assert response.url.startswith("/account/")
    change = Proposal.objects.get()
    assert (change.status, change.values["fields"]["summary"]) == ("draft", "Secret.")
    assert (read(partner).summary, read(partner).checked_on) == ("We sew.", None)


def test_a_member_decides_nothing(partner, anna):
    send(anna, partner, summary="Mine.")

    for step in ("publish", "schedule", "refuse"):
        assert not workflow.may(step, Proposal.objects.get(), anna)
    assert workflow.may("take_back", Proposal.objects.get(), anna)


def test_what_staff_proposed_is_not_theirs(cast, partner, anna):
    change = make.proposal(partner, by=cast.editor, status="waiting", summary="Staff's.")

    make.signed_in(anna).post("/desk/sewing/page/take-back/")

    change.refresh_from_db()
    assert change.status == "waiting"
    assert "Staff&#x27;s." not in html_of(make.signed_in(anna).get("/desk/sewing/page/"))
    assert not workflow.may("take_back", change, anna)


# What others did meanwhile.


def test_what_the_council_changed_meanwhile_stays(partner, anna):
    seen = own_page.fingerprint(own_page.shown(partner))
    partner.website = "https://council.example.org"
    partner.save()

    own_page.propose(read(partner), by=anna, changes={"summary": "Mine.", "website": ""}, seen=seen)

    assert Proposal.objects.get().values["fields"]["website"] == "https://council.example.org"


def test_the_same_changed_by_both_is_said_in_words(partner, anna):
    old = typed(partner, summary="Mine.")
    partner.summary = "The council's."
    partner.save()

    response = make.signed_in(anna).post("/desk/sewing/page/", old | {"send": ""}, follow=True)

    assert response.status_code == 409
    assert "Somebody else changed the same while you wrote" in html_of(response)
    assert "The council&#x27;s." in html_of(response)
    assert "Mine." in html_of(response)
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("how", ["send", "look"])
def test_of_two_managers_the_second_sees_both_versions_and_the_first_is_told(partner, anna, colleague, how):
    hers, his = (
        typed(partner, summary="Anna's words."),
        typed(partner, summary="Cem's words.", website="https://c.example"),
    )
    make.signed_in(anna).post("/desk/sewing/page/", hers | {"send": ""})
    Mail.objects.all().delete()

    client = make.signed_in(colleague)
    both = client.post("/desk/sewing/page/", his | {how: ""})

    assert both.status_code == 409
    assert "Anna Kay changed the same while you wrote" in html_of(both)
    assert "Anna&#x27;s words." in html_of(both)
    assert Proposal.objects.get().values["fields"]["summary"] == "Anna's words."
    assert not Mail.objects.exists()

    form = next(form for form in Page(html_of(both)).forms if "summary" in dict(form.fields))
    assert dict(form.fields)["summary"] == "Cem's words."
    assert dict(form.fields)["website"] == "https://c.example"
    assert client.post("/desk/sewing/page/", dict(form.fields) | {how: ""}).status_code == 302
    assert Proposal.objects.get().values["fields"]["summary"] == "Cem's words."
    line = AuditEvent.objects.get(action="replaced")
    assert (line.old["Summary"], line.new["Summary"]) == ("Anna's words.", "Cem's words.")
    mail = Mail.objects.get(to="anna@example.org")
    assert "Anna's words." in mail.text
    assert "Cem's words." in mail.text
    assert "Cem wrote over words of Anna Kay that waited." in html_of(client.get("/desk/sewing/happened/"))


def test_what_only_the_other_changed_is_kept_without_a_word(partner, anna, colleague):
    his = typed(partner, website="https://c.example")
    send(anna, partner, summary="Anna's words.")

    make.signed_in(colleague).post("/desk/sewing/page/", his | {"send": ""})

    said = Proposal.objects.get().values["fields"]
    assert (said["summary"], said["website"]) == ("Anna's words.", "https://c.example")
    assert not AuditEvent.objects.filter(action="replaced").exists()


def test_the_same_changed_by_the_council_after_it_was_sent_is_shown(partner, anna):
    send(anna, partner, summary="Mine.")
    partner.summary = "Theirs."
    partner.save()

    page = html_of(make.signed_in(anna).get("/desk/sewing/page/"))

    assert "The council changed the same meanwhile." in page


# What is typed.


@pytest.mark.parametrize(
    "fields",
    [
        {"summary": "x" * 251},
        {"summary": ""},
        {"website": "no address"},
        {"wards": ["x"]},
        {"wards": ["99999999999999999999"]},
        {"body": "x" * 20_001},
        {"why": "x" * 201},
        {"written_in": "other"},
    ],
)
def test_wrong_input_is_said_and_kept(partner, anna, fields):
    response = send(anna, partner, **{"also_known_as": "Kept words"} | fields)

    assert response.status_code == 200
    assert "There is a problem" in html_of(response)
    assert "Kept words" in html_of(response)
    assert not Proposal.objects.exists()


def test_a_fingerprint_that_is_none_breaks_nothing(partner, anna):
    both = send(anna, partner, summary="New.", seen="{]")

    assert both.status_code == 409
    form = next(form for form in Page(html_of(both)).forms if "summary" in dict(form.fields))
    make.signed_in(anna).post("/desk/sewing/page/", dict(form.fields) | {"send": ""})
    assert Proposal.objects.get().values["fields"]["summary"] == "New."


def test_what_the_marks_cannot_say_is_shown_as_html_and_not_lost(anna, partner):
    nested = "<ul><li>a<ul><li>b</li></ul></li></ul>"
    partner.body = nested
    partner.save()

    page = html_of(make.signed_in(anna).get("/desk/sewing/page/"))
    assert "the simple marks cannot say" in page
    assert "&lt;ul&gt;" in page
    send(anna, partner, body=nested, written_in="html", summary="Other.")

    assert Proposal.objects.get().values["fields"]["body"] == nested


def test_untouched_text_is_no_change(partner, anna):
    partner.body = "<p>One.</p>\n\n<ul>\n  <li><p>a</p></li>\n</ul>"
    partner.save()

    send(anna, partner, summary="Other.")

    assert Proposal.objects.get().values["fields"]["body"] == read(partner).body


def test_html_typed_as_text_is_text(partner, anna):
    send(anna, partner, body="<script>alert(1)</script>")

    assert "<script" not in Proposal.objects.get().values["fields"]["body"]


def test_the_approval_needs_nothing_that_was_not_told_before(cast, partner, anna):
    partner.summary = ""
    partner.save()

    with pytest.raises(ValidationError):
        own_page.propose(read(partner), by=anna, changes={"body": "<p>New.</p>"})


def test_staff_read_in_whose_name_it_is(browse, partner, anna):
    send(anna, partner, summary="Mine.")

    page = html_of(browse("editor").get(Proposal.objects.get().get_absolute_url()))

    assert "in the name of Sewing Club" in page
