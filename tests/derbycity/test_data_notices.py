"""Every form in which somebody gives a name or an address says, above its button, what becomes of it."""

import re
from html import unescape

import pytest
from django import forms
from django.test import Client
from django.utils.html import strip_tags

from accounts.authentication.forms import AddPasskeyForm, RenamePasskeyForm
from cms.backoffice.forms import StaffForm
from cms.lib import data_notices
from cms.outbox.models import Mail
from cms.revisions import preview_links
from derbycity.data_notices import NOTICES
from partners.members import invitations
from stories.models import Story
from tests import make, opening_content
from tests import make_stories as told
from tests.partners.members.test_invitations import key_in
from tests.stories.guardians.test_views import waiting
from tests.stories.my_stories.test_access import key_for
from tests.stories.submit.pages import Teller

pytestmark = pytest.mark.django_db
_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
_PERSONAL = re.compile(
    r'<input[^>]*(type="email"|autocomplete="(name|given-name|email|username)[^"]*"|name="[^"]*name")'
)
_BUTTON = re.compile(r'<button(?![^>]*class="vh")[^>]*type="submit"')
_NOTICE = re.compile(r'<p class="data-notice hint">(.*?) <a href="([^"]*)">', re.DOTALL)


def telling(page, age="18-plus"):
    def visit():
        storyteller = Teller()
        storyteller.tells()
        storyteller.post("choices", {"age": age})
        if page == "sent":
            storyteller.chooses()
            storyteller.sends()
        if page == "pictures":
            told.picture(Story.objects.get(), people=[{}])
        return storyteller.client.get(f"/tell/{page}/")

    return visit


def plain(path):
    def visit():
        make.page(slug="contact")
        told.story(slug="tram")
        return Client().get(path)

    return visit


def own(page, **fields):
    def visit():
        story = told.story(**fields)
        return Client().get(f"/my-stories/{story.slug}/{page}/", {"key": key_for(story)})

    return visit


def signed_in(path):
    def visit():
        partner = make.partner(slug="sewing")
        return make.signed_in(make.member(partner).person).get(path)

    return visit


def guardian():
    return Client().get(waiting()[1])


def invitation():
    partner = make.partner()
    invitations.invite(partner, email="new@example.org", role="contributor", by=make.member(partner).person)
    return Client().get("/invitation/", {"key": key_in(Mail.objects.get())})


def preview():
    text = preview_links.make(make.programme(), for_whom="Anna at the museum", by=make.staff("Editor"))[0]
    return Client().get("/preview/", {"key": text})


NAMES_OF_DEVICES = (AddPasskeyForm, RenamePasskeyForm)
PAGES = {
    "suggest a change": (plain("/suggest/?about=/"), {"suggestion"}),
    "ask the site team": (plain("/contact/"), {"enquiry"}),
    "choices of a story": (telling("choices"), {"story"}),
    "choices of a teenager": (telling("choices", "13-17"), {"story", "guardian"}),
    "save a story for later": (telling("later"), {"story"}),
    "another address for a story": (telling("sent"), {"story"}),
    "people on a picture": (telling("pictures"), {"pictured"}),
    "find my stories": (plain("/my-stories/"), {"my_stories"}),
    "my name": (own("name"), {"story"}),
    "another guardian": (own("guardian", status="awaiting_guardian", age="13-17"), {"guardian"}),
    "a guardian's answer": (guardian, {"guardian"}),
    "report a concern": (plain("/concern/tram/?about=other&go=on"), {"concern"}),
    "ask for a place": (plain("/join/"), {"join"}),
    "accept an invitation": (invitation, {"account"}),
    "invite somebody": (signed_in("/desk/sewing/members/invite/"), {"invitation"}),
    "sign up": (plain("/account/signup/"), {"account"}),
    "sign in": (plain("/account/login/"), {"sign_in"}),
    "sign in by code": (plain("/account/login/code/"), {"sign_in"}),
    "forgotten password": (plain("/account/password/reset/"), {"sign_in"}),
    "another address": (signed_in("/account/email/"), {"account"}),
    "a name for an account": (signed_in("/account/name/"), {"account"}),
    "answer on a preview": (preview, {"preview"}),
}


@pytest.mark.parametrize("page", PAGES)
def test_each_form_says_above_its_button_what_becomes_of_what_is_typed(page):
    visit, expected = PAGES[page]

    response = visit()

    assert response.status_code == 200
    personal = [form for form in _FORM.findall(response.content.decode()) if _PERSONAL.search(form)]
    assert personal
    said = set()
    for form in personal:
        above = form[: _BUTTON.search(form).start()]
        found = _NOTICE.findall(above)
        assert found, form
        said |= {unescape(words) for words, _ in found}
    assert said == {" ".join(NOTICES[name].sentences) for name in expected}


def subclasses(form):
    for each in form.__subclasses__():
        yield each
        yield from subclasses(each)


def test_no_form_for_the_public_is_missing_here():
    """Whoever adds one that takes a name or an address adds its page above."""
    names = {"name", "full_name", "pen_name", "person_name"}
    apps = ("stories.", "programmes.", "partners.", "city.", "accounts.", "cms.", "news.")
    asking = set()
    for form in {*subclasses(forms.BaseForm)}:
        is_for_staff = issubclass(form, StaffForm) or re.search(r"\.(staff|admin|moderation)\b", form.__module__)
        if form in NAMES_OF_DEVICES or not form.__module__.startswith(apps) or is_for_staff:
            continue
        fields = form.base_fields.items()
        if any(name in names or isinstance(field, forms.EmailField) for name, field in fields):
            asking.add(f"{form.__module__}.{form.__qualname__}")

    assert asking == {
        "accounts.authentication.forms.ChangeAddressForm",
        "accounts.authentication.forms.NameForm",
        "accounts.authentication.forms.RequestLoginCodeForm",
        "accounts.authentication.forms.ResetPasswordForm",
        "accounts.authentication.forms.SignupForm",
        "city.forms.EnquiryForm",
        "cms.preview_views.AnswerForm",
        "partners.desk.forms.InvitationForm",
        "partners.public.join_views.JoinForm",
        "partners.public.join_views.NameForm",
        "partners.public.suggest_views.SuggestionForm",
        "stories.reports.forms.ReportForm",
        "stories.guardians.forms.AgreeForm",
        "stories.guardians.forms.AnotherForm",
        "stories.my_stories.forms.LinkForm",
        "stories.my_stories.forms.NameForm",
        "stories.photos.forms.PersonForm",
        "stories.submit.forms.AddressForm",
        "stories.submit.forms.MailForm",
    }


def test_each_notice_leads_to_a_paragraph_that_names_the_same_times(client):
    opening_content.load()
    page = client.get("/privacy/").content.decode()

    for name, told_here in NOTICES.items():
        anchor = told_here.url.partition("#")[2]
        assert told_here.url.startswith("/privacy/#"), name
        assert page.count(f'id="{anchor}"') == 1, name
        paragraph = strip_tags(page.partition(f'id="{anchor}"')[2].partition("<h2")[0])
        for days in told_here.periods.values():
            assert data_notices.period(days) in paragraph, name
        assert not re.search(r"[{}]", " ".join(told_here.sentences)), name
