"""What a parent or guardian sees who follows the link in their mail. No sign-in, no cookie: the key is all."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms.access_links.referrer_policy import told_to_no_other_site
from stories.guardians import decision
from stories.guardians.forms import AgreeForm, ChoicesForm
from stories.languages import tag_of
from stories.models import Purpose, Story
from stories.photos.views import of_one_story


@csrf_exempt  # the key in the address is the only right there is: a browser brings nothing along to be misused
@require_http_methods(["GET", "HEAD", "POST"])
@told_to_no_other_site
def answer(request):
    """Says yes or no, once; and afterwards changes what may be done, or takes the yes back."""
    text = request.GET.get("key", "")
    story = decision.find(text)
    if story is None:
        return _ended(request)
    if story.status == Story.Status.HELD:
        return render(request, "guardians/held.html", {"title": "This takes a little longer"})
    if not decision.is_asked(story) and not decision.has_agreed(story):
        return _ended(request)
    kind = AgreeForm if decision.is_asked(story) else ChoicesForm
    form = kind(request.POST if request.method == "POST" else None, story=story)
    if request.method == "POST":
        try:
            done = _act(request.POST.get("answer", ""), text, form, story)
        except decision.Ended:
            return redirect(_here(text))
        if done:
            return redirect(done)
    return _page(request, story, form, text)


def _act(said, text, form, story) -> str:
    """Where to go on; nothing where the form has to be filled in first."""
    if said == "no":
        decision.refuse(text)
    elif said == "not me":
        decision.is_not_me(text)
    elif said == "take back":
        decision.take_back(text)
    elif not form.is_valid():
        return ""
    elif decision.is_asked(story):
        data = form.cleaned_data
        decision.agree(text, given=form.given, name=data["name"], relation=data["relation"], wording=form.wording)
        return _here(text)
    else:
        decision.change(text, given=form.given, wording=form.wording)
        return _here(text)
    return reverse("guardians:thanks")


def _here(text: str) -> str:
    return f"{reverse('guardians:answer')}?{urlencode({'key': text})}"


def _page(request, story, form, text):
    version, contributor = story.latest, story.contributor
    asked = decision.is_asked(story)
    context = {
        "title": "Do you agree?" if asked else "You said yes",
        "form": form,
        "story": story,
        "version": version,
        "language": tag_of(version.language),
        "shown_name": contributor.shown_name,
        "agreed_at": contributor.guardian_confirmed_at,
        "licence": form.wording.licence,
        "pictures": _pictures(version, text),
        "has_site": any(field.name.endswith(f"_{Purpose.SITE}") for field in form.purposes),
        "is_public": story.status == Story.Status.PUBLISHED,
        "here": _here(text),
    }
    return render(request, "guardians/answer.html" if asked else "guardians/agreed.html", context)


def _pictures(version, text) -> list[dict]:
    """What is shown of each picture, at an address that the key opens and nothing else."""
    key = urlencode({"key": text})
    return [
        {
            "address": f"{reverse('guardians:picture', args=[shown.picture.key, 'preview.jpg'])}?{key}",
            "width": shown.picture.preview_width,
            "height": shown.picture.preview_height,
            "words": shown.description,
            "caption": shown.caption,
            "credit": shown.credit,
        }
        for shown in version.pictures.select_related("picture")
    ]


def _opened_by_key(request) -> Story | None:
    """The story that the key in the address opens now."""
    story = decision.find(request.GET.get("key", ""))
    if story is None or story.status == Story.Status.HELD:
        return None
    return story if decision.is_asked(story) or decision.has_agreed(story) else None


picture = of_one_story(_opened_by_key)


@require_safe
def thanks(request):
    return render(request, "guardians/thanks.html", {"title": "Thank you"})


def _ended(request):
    return render(request, "guardians/ended.html", {"title": "This link does not open any more"}, status=404)
