"""How somebody comes back to a story they began, shows that an address is theirs, or sits down to type for another."""

from contextlib import suppress

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.authentication.networks import network_of
from cms import limits
from cms.access_links import token_links
from cms.access_links.models import AccessToken
from cms.access_links.referrer_policy import told_to_no_other_site
from cms.outbox import mail
from stories.models import Call, Story
from stories.submit import drafts, email_verification
from stories.submit.drafts import with_draft
from stories.submit.forms import AddressForm, CodeForm, MailForm
from stories.workflow import Impossible

FORM = ["GET", "HEAD", "POST"]
LINK_DAYS = 30
MOST_LINKS = 3  # of one story in a day
MOST_TO_AN_ADDRESS, MOST_FROM_A_NETWORK = 10, 100  # a day
_DAY = 24 * 60 * 60


@require_http_methods(FORM)
@with_draft
def later(request, story):
    """Mails a link, and forgets the story on this device. The page that says so is the last one with its secret, for
    whoever sees there that the address is wrong."""
    form = MailForm(request.POST if request.method == "POST" else None, initial={"email": story.contributor.email})
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if "wrong" in request.POST:
            token_links.revoke_all(AccessToken.Purpose.GO_ON, story)
        is_sent = _mail_link(story, email, network_of(request))
        if not story.contributor.email or "wrong" in request.POST:
            story.contributor.email = email
            story.contributor.save(update_fields=["email"])
            story.choices_made_at = None  # another address may be that of somebody else on page three
            story.save(update_fields=["choices_made_at", "modified_at"])
        context = {"title": "Saved. See you soon", "email": email, "is_sent": is_sent, "draft": request.draft}
        return drafts.forget(render(request, "submit/saved.html", context))
    context = {"title": "Save and come back later", "form": form, "draft": request.draft}
    return render(request, "submit/later.html", context)


def _mail_link(story: Story, email: str, network: str) -> bool:
    is_allowed = limits.allows("story link", str(story.pk), most=MOST_LINKS, seconds=_DAY)
    is_allowed = is_allowed and limits.allows("story link from", network, most=MOST_FROM_A_NETWORK, seconds=_DAY)
    if not is_allowed or not limits.allows("story link to", email, most=MOST_TO_AN_ADDRESS, seconds=_DAY):
        return False
    text, key = token_links.make(AccessToken.Purpose.GO_ON, story, days=LINK_DAYS, email=email)
    words = (
        "Hello,",
        "your story is saved. Open this link on any device to go on:",
        f"{settings.SITE_URL}{reverse('submit:go_on')}?key={text}",
        (
            f"The link works for {LINK_DAYS} days. Whoever has it can read and change what you wrote, so keep it to "
            "yourself. Nobody of our team sees it before you send it."
        ),
        "Was it not you? Then do nothing: it is deleted after 30 days.",
    )
    mail.send(
        to=email,
        subject="Go on with your story",
        text="\n\n".join(words),
        is_secret=True,
        useless_at=key.expires_at,
        about=story,
    )
    return True


@csrf_exempt  # the key in the address is the only right there is
@require_http_methods(FORM)
@told_to_no_other_site
def go_on(request):
    """The draft is handed over to this device, and ends on another one. What was declared there is asked again. Its new
    secret is made with the page, so that a double click hands it over once."""
    key = token_links.find(request.GET.get("key", ""), AccessToken.Purpose.GO_ON)
    found = Story.objects.select_related("contributor", "partner").filter(pk=key.object_id).first() if key else None
    if found is None:
        return _ended(request)
    if found.status != Story.Status.DRAFT:
        return _ended(request, was_sent=True)
    if not drafts.may_write(request, found):
        return drafts.refuse(request, found)
    if request.method == "POST" and not drafts.is_from_elsewhere(request):
        token = drafts.hand_over(found, request.POST.get("draft", ""))
        return drafts.remember(redirect("submit:story"), token)
    context = {"title": "Go on with your story", "draft": drafts.new_token()}
    return render(request, "submit/go_on.html", context)


def _ended(request, *, was_sent: bool = False):
    title = "This story has been sent" if was_sent else "This link has ended"
    context = {"title": title, "was_sent": was_sent}
    return render(request, "submit/ended.html", context, status=200 if was_sent else 410)


@require_safe
def sent(request):
    """What happens now, for whoever has just sent it from this browser."""
    found = _sent_story(request)
    return redirect("submit:start") if found is None else _sent(request, found)


def _sent_story(request) -> Story | None:
    """The one that was sent from this browser."""
    found = drafts.find(drafts.token_of(request))
    is_theirs = found is not None and found.status != Story.Status.DRAFT and drafts.may_write(request, found)
    return found if is_theirs and not drafts.is_from_elsewhere(request) else None


def _sent(request, story: Story, form: CodeForm | AddressForm | None = None):
    status_ = story.status
    is_address = isinstance(form, AddressForm)
    context = {
        "title": "One thing is left" if status_ == Story.Status.AWAITING_VERIFICATION else "Thank you",
        "form": form,
        "code_form": CodeForm() if form is None or is_address else form,
        "address_form": form if is_address else AddressForm(story=story),
        "is_address": is_address,
        "draft": drafts.token_of(request),
        "email": story.contributor.email,
        "waits_for_address": status_ == Story.Status.AWAITING_VERIFICATION,
        "waits_for_guardian": status_ == Story.Status.AWAITING_GUARDIAN,
        "for_another": story.way != Story.Way.ONLINE,
        "partner": story.partner,
        "was_mailed": "mailed" in request.GET,
        "was_not_mailed": "late" in request.GET,
    }
    return render(request, "submit/sent.html", context)


@csrf_exempt  # the secret of the draft is needed; see drafts.py
@require_POST
def address(request):
    """Another one, where the first was mistyped: nobody could confirm that."""
    found = _sent_story(request)
    if found is None:
        return redirect("submit:start")
    form = AddressForm(request.POST, story=found)
    if not form.is_valid():
        return _sent(request, found, form)
    try:
        is_sent = email_verification.ask_at(found, form.cleaned_data["email"])
    except ValidationError as error:
        form.add_error("email", error)
        return _sent(request, found, form)
    except Impossible:
        return redirect("submit:sent")
    return _to_sent(is_sent)


def _to_sent(is_mailed: bool):
    return redirect(f"{reverse('submit:sent')}?{'mailed' if is_mailed else 'late'}=1")


@csrf_exempt  # the secret of the draft is needed; see drafts.py
@require_POST
def code(request):
    """The six figures; or another mail with some."""
    found = _sent_story(request)
    if found is None:
        return redirect("submit:start")
    if "again" in request.POST:
        return _to_sent(found.status == Story.Status.AWAITING_VERIFICATION and email_verification.ask(found))
    form = CodeForm(request.POST)
    if form.is_valid() and found.status == Story.Status.AWAITING_VERIFICATION:
        if not email_verification.is_right(found, form.cleaned_data["code"]):
            form.add_error(
                "code", "That is not the code of our newest mail, or it has ended. Look again, or ask for a new one."
            )
        else:
            _confirm(found)
    if form.errors:
        return _sent(request, found, form)
    return redirect("submit:sent")


def _confirm(story: Story) -> None:
    """It may have been done a moment ago, by the link or by a second click."""
    with suppress(Impossible):
        email_verification.confirm(story)


@csrf_exempt  # the key in the address is the only right there is
@require_http_methods(FORM)
@told_to_no_other_site
def confirm(request):
    """Whoever presses twice, or has typed the code already, is told that all is well."""
    text = request.GET.get("key", "")
    found = email_verification.of_key(text)
    if found is None:
        return _ended(request, was_sent=email_verification.was_confirmed(text))
    if request.method == "POST":
        _confirm(found)
        found.refresh_from_db()
        context = {"title": "Thank you", "waits_for_guardian": found.status == Story.Status.AWAITING_GUARDIAN}
        return render(request, "submit/confirmed.html", context)
    return render(request, "submit/confirm.html", {"title": "Is this your address?"})


@require_http_methods(FORM)
def table(request):
    """For staff at a table in a museum, a library, a market: somebody tells, and they type."""
    if not request.user.is_authenticated or not drafts.may_sit_at_a_table(request):
        raise Http404
    calls = list(Call.objects.open())
    if request.method == "POST":
        call = next((call for call in calls if call.slug == request.POST.get("call", "")), None)
        _, token = drafts.start(way=Story.Way.TABLE, entered_by=request.user, call=call)
        return drafts.remember(redirect("submit:story"), token)
    return render(request, "submit/table.html", {"title": "Type in a story told at a table", "calls": calls})
