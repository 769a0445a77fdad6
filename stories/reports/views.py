"""“Report a concern”, on every story and picture: two steps, no account, no cookie. And the answer, by a mailed link.

What is shown of a story here is what the public knows of it.
"""

from urllib.parse import urlencode

from django.core import signing
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.authentication.networks import network_of
from cms import limits
from cms.access_links.referrer_policy import told_to_no_other_site
from stories.models import Erasure, Report, Story
from stories.reports import appeals, deadlines, decisions, file_report
from stories.reports.forms import NOT_SURE, AppealForm, CategoryForm, ReportForm

Category = Report.Category
_AN_HOUR, _A_DAY = 3600, 24 * 3600
_TOO_MANY = (
    "We have had many reports from here today, so we cannot take this one now. Please keep your words and try again in "
    "an hour or tomorrow. If a child is in danger, call 999."
)
_SALT = "stories.reports.views"


@csrf_exempt  # nobody is signed in here: a browser brings nothing along that could be misused
@require_http_methods(["GET", "HEAD", "POST"])
@told_to_no_other_site
def report(request, slug):
    story = file_report.story_at(slug)
    if story is None:
        return _gone(request, slug)
    key = request.GET.get("picture", "")
    picture = file_report.picture_at(story, key) if key else None
    if key and picture is None:
        raise Http404
    uses = file_report.pictures_of(story)
    asked = request.GET if "about" in request.GET or "go" in request.GET else None
    chosen = CategoryForm(asked, has_pictures=bool(uses) or picture is not None)
    context = {"story": story, "is_public": story.status == Story.Status.PUBLISHED, "picture": picture, "slug": slug}
    if not chosen.is_valid():
        return render(request, "reports/about.html", context | {"title": "Report a concern", "form": chosen})
    category = Category(chosen.cleaned_data["about"])
    is_to_choose = category == Category.ME_IN_PICTURE and picture is None and len(uses) > 1
    if category == Category.ME_IN_PICTURE and picture is None and len(uses) == 1:
        picture = uses[0].picture
    form = ReportForm(
        request.POST if request.method == "POST" else None, category=category, pictures=uses if is_to_choose else ()
    )
    if request.method == "POST" and (form.is_from_a_machine or form.is_valid()):
        try:
            said = _take_in(request, story, picture, category, form)
        except Story.DoesNotExist:  # it was erased in this moment
            return _gone(request, slug)
        if said is not None:
            return redirect(f"{reverse('reports:thanks')}?{urlencode({'said': said})}")
    which = {"picture": key} if key else {}
    more = {
        "title": "Tell us more",
        "form": form,
        "category": category,
        "query": urlencode({"about": category.value} | which),
        "back": f"{reverse('reports:report', args=[slug])}?{urlencode(which)}",
    }
    return render(request, "reports/tell.html", context | more)


def _take_in(request, story, picture, category, form):
    """What the next page says, signed; nothing where there were too many, and then the form says so. What was typed
    stays on the page."""
    if form.is_from_a_machine:
        return signing.dumps([category, False, False], salt=_SALT)
    network = network_of(request)
    # A worry about a child has a count of its own, so that others cannot use it up.
    kind = "child" if category == Category.CHILD_AT_RISK else "other"
    is_allowed = [
        limits.allows(f"concern in an hour: {kind}", network, most=10, seconds=_AN_HOUR),
        limits.allows(f"concern in a day: {kind}", network, most=30, seconds=_A_DAY),
        limits.allows(f"concern about: {kind}", str(story.pk), most=60, seconds=_AN_HOUR),
    ]
    if not all(is_allowed):
        form.add_error(None, _TOO_MANY)
        return None
    which = form.cleaned_data.get("picture")
    if which and which != NOT_SURE:
        picture = file_report.picture_at(story, which)
    given = {name: form.cleaned_data[name] for name in ("words", "email")}
    made = file_report.take_in(story, picture=picture, category=category, network=network, **given)
    return signing.dumps([category, made.hid_at_once, bool(made.email)], salt=_SALT)


def _gone(request, slug):
    """What was public once is said to be gone; of all else nobody learns that it exists."""
    was_public = Story.objects.filter(
        slug=slug, status__in=(Story.Status.WITHDRAWN, Story.Status.REMOVED), published_at__isnull=False
    )
    if was_public.exists() or Erasure.objects.filter(slug=slug).exists():
        return render(request, "reports/gone.html", {"title": "That story is not on this site any more"}, status=410)
    raise Http404


@require_safe
def thanks(request):
    """Says what was promised. Nothing is kept of who reported: what it says is in the address, and signed."""
    try:
        about, is_hidden, is_mailed = signing.loads(request.GET.get("said", ""), salt=_SALT, max_age=_A_DAY)
    except signing.BadSignature:
        about, is_hidden, is_mailed = "", False, False
    context = {
        "title": "Thank you for telling us",
        "due_at": deadlines.due(about, timezone.now()) if about else None,
        "is_child": about == Category.CHILD_AT_RISK,
        "is_hidden": is_hidden,
        "is_mailed": is_mailed,
    }
    return render(request, "reports/thanks.html", context)


@csrf_exempt  # the key in the address is the only right there is
@require_http_methods(["GET", "HEAD", "POST"])
@told_to_no_other_site
def outcome(request):
    key = request.GET.get("key", "")
    found = appeals.report_of(key)
    if found is None:
        return render(request, "reports/ended.html", {"title": "This link does not open any more"}, status=404)
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        here = f"{reverse('reports:outcome')}?{urlencode({'key': key})}"
        try:
            appeals.appeal(found, words=form.cleaned_data["words"])
        except decisions.Decided:
            found.refresh_from_db()
            form.add_error(None, "Nothing was sent: you have asked for it before, or the time for it is over.")
        else:
            return redirect(here)
    context = {
        "title": "What we did about your concern",
        "report": found,
        "key": key,
        "form": form,
        "may_appeal": appeals.is_open(found),
        "until": deadlines.may_appeal_until(found.decided_at) if found.decided_at else None,
    }
    return render(request, "reports/outcome.html", context)
