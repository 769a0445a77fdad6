"""What is registered as a kind, and the calls on it: see cms/revisions/kinds.py."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import ValidationError

from cms.audit.models import AuditEvent
from cms.backoffice.publishable.history_mixin import HistoryMixin
from cms.publishing.models import publishable_models
from cms.revisions import kinds
from cms.revisions.actors import System
from programmes.models import Step
from tests import make
from tests.test_architecture import SOURCES

ONLY_IN_FORMS = {"change_reason", "seen", "seen_at", "given_to", "upload"}
EDITED = [model for model, found in admin.site._registry.items() if isinstance(found, HistoryMixin)]


@pytest.fixture
def programme(db):
    return make.programme(
        title="Reading", summary="Children read.", body="<p>Words.</p>", status="published", running="3-finished"
    )


def editable(model, *, leaving_out=()):
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return {field.name for field in fields if field.editable and not field.primary_key} - {*leaving_out}


def test_everything_published_or_with_old_versions_is_a_kind():
    assert {*publishable_models(), *EDITED} == {kind.model for kind in kinds.registered()}


@pytest.mark.parametrize("model", publishable_models(), ids=lambda model: model.__name__)
def test_a_kind_holds_every_field_that_can_be_edited(model):
    kind = kinds.of(model)
    through = {field.name for field in model._meta.many_to_many if not field.remote_field.through._meta.auto_created}

    assert set(kind.fields) == editable(model, leaving_out={"given_to", *through})
    for rows in kind.rows:
        link = next(field.name for field in rows.model._meta.concrete_fields if field.related_model is model)
        assert set(rows.names) == editable(rows.model, leaving_out={link})


@pytest.mark.parametrize("model", EDITED, ids=lambda model: model.__name__)
def test_the_admin_shows_the_form_of_the_kind(model, rf, admin_user):
    kind, model_admin = kinds.of(model), admin.site.get_model_admin(model)
    request = rf.get("/")
    request.user = admin_user
    instance = model(pk=1)
    shown = flatten_fieldsets(model_admin.get_fieldsets(request, instance))
    read_only = set(model_admin.get_readonly_fields(request, instance))

    assert [name for name in shown if name not in read_only | ONLY_IN_FORMS] == kind.fields
    assert issubclass(kind.form_class, model_admin.form)
    for inline, rows in zip(model_admin.inlines, kind.rows, strict=True):
        names = flatten_fieldsets([(None, {"fields": inline.fields})])
        assert inline.model is rows.model
        assert [name for name in names if name not in inline.readonly_fields] == rows.names
        assert inline.formset is rows.formset


def test_what_is_saved_again_stays_as_it_is(cast):
    programme = make.programme(title="Reading", summary="Children read.", status="draft")
    step = programme.steps.create(what="It began.", when="2019")
    kind = kinds.of(programme)
    values = kind.snapshot(programme)

    kind.save(programme, values, actor=cast.editor)

    assert kind.snapshot(kinds.locked(programme)) == values
    assert Step.objects.get() == step


def test_a_person_who_saves_stands_in_history_and_log(cast, programme):
    programme.steps.create(what="It began.", when="2019")
    kind = kinds.of(programme)
    values = kind.snapshot(programme)
    values["fields"]["summary"] = "New words."
    values["rows"]["steps"][0]["what"] = "It really began."

    kind.save(programme, values, actor=cast.editor, reason="Because")

    last = programme.history.first()
    assert (last.history_user, last.history_change_reason, last.summary) == (cast.editor, "Because", "New words.")
    assert Step.history.first().history_user == cast.editor
    assert LogEntry.objects.get().user == cast.editor


def test_the_system_saves_in_nobodys_name(programme):
    kinds.of(programme).change(programme, {"status": "draft"}, actor=System("a test"))

    assert programme.history.first().history_user is None
    assert not LogEntry.objects.exists()
    line = AuditEvent.objects.get(action=AuditEvent.Action.TAKEN_DOWN)
    assert (line.by, line.by_words) == (None, "the portal itself")


def test_saving_asks_for_no_permission(programme):
    kinds.of(programme).change(programme, {"summary": "New words."}, actor=make.user())

    programme.refresh_from_db()
    assert programme.summary == "New words."


def test_what_the_form_refuses_is_told_by_field_and_not_saved(cast, programme):
    kind = kinds.of(programme)
    values = kind.snapshot(programme)
    values["fields"] |= {"summary": "", "title": ""}

    mistakes = kind.validate(kinds.locked(programme), values)

    assert {"summary", "title"} <= set(mistakes.by_field)
    assert "Title: This field is required." in mistakes.messages
    with pytest.raises(ValidationError):
        kind.save(kinds.locked(programme), values, actor=cast.editor)
    programme.refresh_from_db()
    assert programme.title == "Reading"


def test_nobody_makes_up_a_request_to_change_something():
    """All is called with what it needs. (page_subjects.py asks a page for its title, and changes nothing.)"""
    changing = {"admin", "backoffice", "desk", "media", "page_editing", "publishing", "revisions", "staff"}
    sources = {path: path.read_text(encoding="utf-8") for path in SOURCES if path.name != "page_subjects.py"}

    assert [path for path, text in sources.items() if "request_of" in text or "is_the_portal" in text] == []
    assert [
        path
        for path, text in sources.items()
        if changing & set(path.parts) and ("QueryDict(" in text or "HttpRequest()" in text)
    ] == []
