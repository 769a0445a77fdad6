"""Three versions of one thing: what it was, what I made of it, and what they made of it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from cms.revisions import snapshot


def version(rows=(), **fields):
    return {"fields": fields, "rows": {"steps": [dict(row) for row in rows]}}


def row(pk, what):
    return {"id": pk, "what": what}


def test_what_only_i_changed_is_mine_and_what_only_they_changed_is_theirs():
    base = version(title="A", summary="B")
    mine, theirs = version(title="My A", summary="B"), version(title="A", summary="Their B")

    merged, clashes = snapshot.merge(base, mine, theirs)

    assert merged["fields"] == {"title": "My A", "summary": "Their B"}
    assert clashes == []


def test_what_both_changed_is_mine_and_is_told():
    merged, clashes = snapshot.merge(version(title="A"), version(title="Mine"), version(title="Theirs"))

    assert merged["fields"] == {"title": "Mine"}
    assert [(clash.name, clash.theirs, clash.mine) for clash in clashes] == [("title", "Theirs", "Mine")]


def test_the_same_change_twice_is_no_clash():
    merged, clashes = snapshot.merge(version(title="A"), version(title="B"), version(title="B"))

    assert (merged["fields"], clashes) == ({"title": "B"}, [])


def test_a_row_they_added_stays_and_one_i_added_comes():
    base = version([row("1", "a")])
    mine, theirs = version([row("1", "a"), row("", "mine")]), version([row("1", "a"), row("2", "theirs")])

    merged, clashes = snapshot.merge(base, mine, theirs)

    assert merged["rows"]["steps"] == [row("1", "a"), row("2", "theirs"), row("", "mine")]
    assert clashes == []


def test_a_row_i_deleted_goes_unless_they_changed_it():
    base = version([row("1", "a"), row("2", "b")])

    merged, clashes = snapshot.merge(base, version(), version([row("1", "a"), row("2", "changed")]))

    assert merged["rows"]["steps"] == [row("2", "changed")]
    assert [(clash.row, clash.mine) for clash in clashes] == [("2", None)]


def test_a_row_they_deleted_goes_unless_i_changed_it():
    base = version([row("1", "a"), row("2", "b")])

    merged, clashes = snapshot.merge(base, version([row("1", "a"), row("2", "mine")]), version())

    assert merged["rows"]["steps"] == [row("", "mine")]
    assert [(clash.row, clash.theirs) for clash in clashes] == [("2", None)]


def test_a_fingerprint_is_enough_to_merge():
    base = version([row("1", "a")], title="A", summary="B")
    mine, theirs = (
        version([row("1", "mine")], title="A", summary="Mine"),
        version([row("1", "a")], title="C", summary="B"),
    )

    assert snapshot.merge_marked(snapshot.fingerprint(base), mine, theirs) == snapshot.merge(base, mine, theirs)


@given(st.text() | st.just('{"fields": 1, "rows": []}') | st.just("[]") | st.just("null"))
def test_a_broken_fingerprint_never_loses_what_i_typed(text):
    merged, _ = snapshot.merge_marked(text, version(title="Mine"), version(title="Theirs"))

    assert merged["fields"]["title"] == "Mine"


plain = st.text(max_size=3)
rows = st.lists(st.tuples(st.sampled_from("123456"), plain), max_size=4, unique_by=lambda pair: pair[0])
versions = st.builds(
    lambda fields, listed: version([row(pk, what) for pk, what in listed], **fields),
    st.fixed_dictionaries({"title": plain, "summary": plain}),
    rows,
)


@given(versions, versions)
def test_whoever_changed_nothing_gets_what_the_other_has(base, other):
    assert snapshot.merge(base, base, other) == (other, [])
    merged, clashes = snapshot.merge(base, other, base)
    new = [{"id": ""} | {"what": one["what"]} for one in other["rows"]["steps"] if not _known(base, one)]
    kept = [one for one in other["rows"]["steps"] if _known(base, one)]
    assert merged["fields"] == other["fields"]
    assert sorted(map(str, merged["rows"]["steps"])) == sorted(map(str, kept + new))
    assert all(clash.theirs is None for clash in clashes)


def _known(base, one):
    return any(one["id"] == known["id"] for known in base["rows"]["steps"])


def test_what_is_sent_again_keeps_each_live_row_in_its_place():
    live = version([row("1", "a"), row("2", "b")], title="A", themes=["3"], is_old=False)
    wanted = version([row("2", "new b"), row("", "c")], title="B", themes=["3", "4"], is_old=True)

    sent = snapshot.as_posted(wanted, live)

    assert (sent["title"], sent.getlist("themes"), sent["is_old"]) == ("B", ["3", "4"], "on")
    assert (sent["steps-TOTAL_FORMS"], sent["steps-INITIAL_FORMS"]) == ("3", "2")
    assert (sent["steps-0-id"], sent["steps-0-DELETE"]) == ("1", "on")
    assert (sent["steps-1-id"], sent["steps-1-what"]) == ("2", "new b")
    assert (sent["steps-2-id"], sent["steps-2-what"]) == ("", "c")


def test_a_fingerprint_holds_no_words():
    told = snapshot.fingerprint(version([row("1", "a secret")], title="Another secret"))

    assert "secret" not in told
    assert json.loads(told)["rows"]["steps"].keys() == {"1"}
