"""The four pages of telling: your story, pictures, you and your choices, check and send.

Each page is saved as it is sent, also where something on it is still wrong. What is typed goes into the database, never
into a session, and comes back from there.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.authentication.networks import network_of
from cms import limits
from cms.page_cache.middleware import indexable
from cms.requests.preserve_input import unless_typed
from cms.requests.same_origin import is_same_origin
from stories.languages import tag_of
from stories.models import Call, ConsentVersion, Contributor, Story, Thread, Version
from stories.photos import photo_page as pictures_page
from stories.photos.views import of_one_story
from stories.submit import drafts, submit
from stories.submit.choices import AgeForm, ChoicesForm
from stories.submit.drafts import with_draft
from stories.submit.forms import StoryForm
from stories.workflow import Impossible

FORM = ["GET", "HEAD", "POST"]
STEPS = (
    ("story", "Your story"),
    ("pictures", "Pictures"),
    ("choices", "You and your choices"),
    ("check", "Check and send"),
)
MOST_BEGUN = 200  # drafts of one network in a day: a school must get in, a machine must not fill the disk
_DAY = 24 * 60 * 60


def frame(request: HttpRequest, story: Story | None, step: str, **more: Any) -> dict[str, Any]:
    """What templates/submit/base.html shows around each of the four pages."""
    names = [name for name, _ in STEPS]
    now = names.index(step)
    version = story.latest if story else None
    is_begun = version is not None and version.pk is not None
    return {
        "steps": [
            {"words": words, "url": reverse(f"submit:{name}"), "is_done": is_begun and at < now, "is_now": at == now}
            for at, (name, words) in enumerate(STEPS)
        ],
        "number": now + 1,
        "draft": getattr(request, "draft", ""),
        "story": story if is_begun else None,
        "so_far": _so_far(version) if is_begun else None,
        "is_child": story is not None and story.pk is not None and story.contributor.is_child,
        "for_another": story is not None and story.way != Story.Way.ONLINE,
        "partner": story.partner if story else None,
        "back": reverse(f"submit:{names[now - 1]}") if now else reverse("submit:start"),
        "back_words": STEPS[now - 1][1] if now else "The Derby Story",
    } | more


def _so_far(version) -> dict[str, Any]:
    return {
        "title": version.title,
        "language": version.language,
        "words": len(version.text.split()),
        "pictures": version.pictures.count(),
    }


@indexable
@require_safe
def start(request):
    """What will be asked, and what there is to tell about."""
    calls, threads = list(Call.objects.open().select_related("host")), list(Thread.objects.published())
    asked = next((call for call in calls if call.slug == request.GET.get("call", "")), None)
    about = next((thread for thread in threads if thread.slug == request.GET.get("thread", "")), None)
    begun = drafts.find(drafts.token_of(request))
    context = {
        "title": "Tell your story",
        "calls": calls,
        "threads": threads,
        "asked": asked,
        "about": about,
        "begin": _begin_at(asked, about),
        "begun": begun
        if begun and begun.status == Story.Status.DRAFT and begun.latest and begun.latest.title
        else None,
        "may_sit_at_a_table": request.user.is_authenticated and drafts.may_sit_at_a_table(request),
    }
    return render(request, "submit/start.html", context)


def _begin_at(call: Call | None, thread: Thread | None) -> str:
    address = reverse("submit:story")
    return (
        f"{address}?about=call:{call.slug}" if call else f"{address}?about=thread:{thread.slug}" if thread else address
    )


@csrf_exempt  # the secret of the draft is the only right there is; see drafts.py
@require_http_methods(FORM)
def story(request):
    """Page one. The draft is made when it is sent for the first time, however often that is."""
    token = drafts.token_of(request)
    found = drafts.find(token)
    if request.method != "POST":
        return _empty_page(request, found, token)
    if is_same_origin(request) is None and drafts.is_from_elsewhere(request):
        return _once_more(request)
    if drafts.is_from_elsewhere(request) or (found is None and drafts.has_ended(token)):
        return drafts.not_here(request)
    if found is None and not drafts.is_ours(token):
        token = drafts.new_token()
    if found is None:
        if not limits.allows("stories begun", network_of(request), most=MOST_BEGUN, seconds=_DAY):
            return _too_many(request, token)
        found = drafts.opened(token)
    if not drafts.may_write(request, found):
        return drafts.refuse(request, found)
    if found.status != Story.Status.DRAFT:
        return unless_typed(request, drafts.remember(redirect("submit:sent"), token))
    request.draft = token
    form = _saved(request, found)
    if "later" in request.POST:
        response = redirect("submit:later")
    elif form.is_valid():
        response = _after_story(found, form)
    else:
        response = _page_one(request, found, form)
    return drafts.remember(response, token)


@transaction.atomic
def _saved(request, found: Story) -> StoryForm:
    """One window after the other, so that the later one sees what the earlier one saved."""
    found.latest = Version.objects.select_for_update().get(latest_for=found)
    form = StoryForm(request.POST, version=found.latest, story=found)
    form.save()
    return form


def _after_story(found: Story, form: StoryForm) -> HttpResponse:
    """A call that was only just chosen has questions that this page has not shown yet."""
    if found.call is not None and not form.questions and found.call.questions.exists():
        return redirect(f"{reverse('submit:story')}?questions=1#questions")
    return redirect("submit:pictures")


def _empty_page(request, found: Story | None, token: str) -> HttpResponse:
    if found is not None and found.latest is not None and found.status == Story.Status.DRAFT:
        if drafts.may_write(request, found):
            request.draft = token
            about = request.GET.get("about", "") if not found.latest.title else ""
            return _page_one(request, found, StoryForm(version=found.latest, story=found, about=about))
        if not request.user.is_authenticated:  # somebody else who is signed in begins one of their own
            return drafts.refuse(request, found)
    request.draft = drafts.new_token()
    new = Story()
    new.latest = new_version = Version(language="en")
    form = StoryForm(version=new_version, story=new, about=request.GET.get("about", ""))
    return _page_one(request, None, form)


def _page_one(request, found: Story | None, form: StoryForm) -> HttpResponse:
    context = frame(request, found, "story", title="Your story", form=form, asks_more="questions" in request.GET)
    return render(request, "submit/story.html", context)


def _too_many(request, token: str) -> HttpResponse:
    return _not_begun(
        request,
        token,
        "Very many stories were begun from your network today. Keep this page open, and try again tomorrow.",
    )


def _once_more(request) -> HttpResponse:
    """A browser that does not say where a form came from: with a secret that nobody else has seen."""
    token = drafts.new_token()
    words = "We could not see that this came from our own page. Please look it through, and send it once more."
    return drafts.remember(_not_begun(request, token, words), token)


def _not_begun(request, token: str, why: str) -> HttpResponse:
    form = StoryForm(request.POST, version=Version(), story=Story())
    form.add_error(None, why)
    request.draft = token
    return _page_one(request, None, form)


@require_http_methods(FORM)
@with_draft
def pictures(request, story):
    context = frame(request, story, "pictures", title="Pictures")
    return pictures_page.respond(
        request,
        story,
        story.latest,
        template="submit/pictures.html",
        context=context,
        here=reverse("submit:pictures"),
        onward=reverse("submit:choices"),
        later=reverse("submit:later"),
        hidden={"draft": request.draft},
    )


def _of_this_browser(request) -> Story | None:
    found = drafts.find(request.COOKIES.get(settings.DRAFT_COOKIE_NAME, ""))
    is_open = found is not None and found.status == Story.Status.DRAFT and drafts.may_write(request, found)
    return found if is_open else None


picture = of_one_story(_of_this_browser)


@require_http_methods(FORM)
@with_draft
def choices(request, story):
    """Page three. Another age means other words, and so does a newer wording: then the boxes are asked again."""
    posted = request.POST if request.method == "POST" else None
    age_form = AgeForm(posted, initial={"age": story.contributor.age})
    age = story.contributor.age
    if posted is not None and age_form.is_valid():
        age = age_form.cleaned_data["age"]
    wording = ConsentVersion.objects.current()
    lines = list(wording.lines.all())
    asked_as = posted.get("asked_as", "") if posted is not None else ""
    asked_as = asked_as if asked_as in Contributor.Age.values else ""
    is_other = posted is not None and (asked_as != age or posted.get("wording", "") != str(wording.number))
    form = None
    if age:
        form = ChoicesForm(None if is_other else posted, story=story, age=age, lines=lines)
    if posted is not None:
        if is_other:
            _ask_boxes_again(story, age, ChoicesForm(posted, story=story, age=asked_as or age, lines=[]))
        elif form is not None:
            _save_choices(story, form, wording, is_right=age_form.is_valid() and form.is_valid())
        if "later" in posted:
            return redirect("submit:later")
        if form is not None and not is_other and form.is_valid() and age_form.is_valid():
            return redirect("submit:check")
        if is_other and age:
            is_news = asked_as == age
            return redirect(f"{reverse('submit:choices')}{'?new=1#news' if is_news else ''}")
    is_child = age in Contributor.CHILDREN and story.way == Story.Way.ONLINE
    context = frame(request, story, "choices", title="You and your choices", age_form=age_form, choices=form) | {
        "form": _Both(age_form, form),
        "age": age,
        "is_child": is_child,
        "licence": wording.licence_for_children if is_child else wording.licence,
        "is_teenager": age == Contributor.Age.TEENAGER,
        "wording": wording.number,
        "has_news": "new" in request.GET,
    }
    return render(request, "submit/choices.html", context)


def _ask_boxes_again(story: Story, age: str, typed: ChoicesForm) -> None:
    """What they typed beside the boxes is kept; what they ticked stood beside other words."""
    person = story.contributor
    typed.is_valid()
    typed.save()
    person.age, person.ticked = age, []
    if age in Contributor.CHILDREN and person.shown_as == Contributor.ShownAs.FULL:
        person.shown_as = ""
    person.save(update_fields=["age", "ticked", "shown_as"])
    _count_choices(story, made=False)


def _save_choices(story: Story, form: ChoicesForm, wording: ConsentVersion, *, is_right: bool) -> None:
    """They count as made once all of the page is right."""
    person = story.contributor
    form.is_valid()
    form.save()
    person.ticked_wording = wording.number
    person.save(update_fields=["ticked_wording"])
    _count_choices(story, made=is_right)


def _count_choices(story: Story, *, made: bool) -> None:
    story.choices_made_at = timezone.now() if made else None
    story.save(update_fields=["choices_made_at", "modified_at"])


class _Both:
    """Two forms on one page, for the summary of what is wrong."""

    def __init__(self, *forms: Any) -> None:
        self.forms = [form for form in forms if form is not None]

    def __iter__(self):
        return (field for form in self.forms for field in form)

    @property
    def errors(self) -> bool:
        return any(form.errors for form in self.forms)

    @property
    def non_field_errors(self) -> list[str]:
        return [words for form in self.forms for words in form.non_field_errors()]


@require_http_methods(FORM)
@with_draft
def check(request, story):
    """Page four: all of it as readers will see it."""
    wording = ConsentVersion.objects.current()
    if request.method == "POST":
        if "later" in request.POST:
            return redirect("submit:later")
        try:
            submit.send(story, network=network_of(request), person=request.user)
        except ValidationError:
            pass  # the page says what is missing
        except Impossible:
            return redirect("submit:sent")
        else:
            return redirect("submit:sent")
    return render(request, "submit/check.html", _to_check(request, story, wording))


def _to_check(request, story: Story, wording: ConsentVersion) -> dict[str, Any]:
    version, person = story.latest or Version(story=story), story.contributor
    problems = list(submit.missing(story, wording))
    uses = list(version.pictures.select_related("picture").prefetch_related("picture__people"))
    for use in uses:
        use.preview = reverse("submit:picture", args=[use.picture.key, "preview.jpg"])  # type: ignore[attr-defined]
    is_child = person.is_child and story.way == Story.Way.ONLINE
    return frame(
        request,
        story,
        "check",
        title="Check and send",
        form=None,
        version=version,
        tag=tag_of(version.language),
        person=person,
        about=story.call or story.threads.first(),
        uses=uses,
        boxes=[
            (line.words_for_children if is_child else line.words, line.purpose in person.ticked)
            for line in wording.lines.all()
        ],
        problems=[(reverse(f"submit:{page}"), words) for page, words in problems],
        advice=[] if problems else submit.advice(story),
        has_chosen=story.choices_made_at is not None,
    )


@require_POST
@csrf_exempt  # it forgets something of this browser, and nothing else
def forget(request):
    return drafts.forget(redirect("submit:start"))
