import pytest
from django import forms

from cms.quality.content_checks import publication
from cms.quality.content_checks.findings import STOP
from programmes.kinds import ProgrammeForm
from programmes.models import Programme, ProgrammePicture
from tests import make


class UseForm(forms.ModelForm):
    class Meta:
        model = ProgrammePicture
        fields = ["image", "alternative_text", "is_decorative"]


def form_of(programme, **changes):
    fields = ["status", "summary", "body"]
    form = forms.modelform_factory(Programme, form=ProgrammeForm, fields=fields)
    sent = {"status": "published", "summary": "A walk.", "body": "<p>A walk.</p>"}
    bound = form(sent | changes, instance=programme)
    bound.full_clean()
    return bound


def row_of(programme, image, **changes):
    form = UseForm({"image": image.pk} | changes, instance=ProgrammePicture(programme=programme))
    form.full_clean()
    form.cleaned_data["image"] = image
    return form


def fields_of(form):
    return {finding.field for finding in publication.stops(form)}


@pytest.fixture
def programme(db):
    return make.programme(status="draft")


@pytest.mark.parametrize("field", ["summary", "body"])
def test_nothing_is_published_without_what_it_needs(programme, field):
    form = form_of(programme)
    form.cleaned_data[field] = ""

    assert [(finding.level, finding.field) for finding in publication.stops(form)] == [(STOP, field)]


def test_a_draft_may_leave_everything_out(programme):
    assert fields_of(form_of(programme, status="draft", body="")) == set()


def test_what_is_whole_may_be_published(programme):
    assert fields_of(form_of(programme)) == set()


READY = {"widths": [320]}


@pytest.mark.parametrize(
    ("image", "use", "words"),
    [
        (READY, {}, ""),
        (READY | {"alternative_text": ""}, {"alternative_text": "Children on a stage"}, ""),
        (READY | {"alternative_text": ""}, {"is_decorative": True}, ""),
        (READY | {"alternative_text": ""}, {}, publication.NO_TEXT),
        ({"widths": []}, {}, publication.NOT_READY),
    ],
)
def test_which_pictures_may_be_published(programme, image, use, words):
    programme.status = "published"

    found = publication.stops(row_of(programme, make.image(**image), **use))

    assert [(finding.field, finding.words) for finding in found] == ([("image", words)] if words else [])


def test_a_row_of_a_draft_may_hold_any_picture(programme):
    assert publication.stops(row_of(programme, make.image(alternative_text="", widths=[]))) == []
