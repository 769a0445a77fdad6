"""What a teller sees of their own stories, and small things they do there. Changing is in `changing`, what may be done
in `choosing`, going in `leaving`.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.authentication.networks import network_of
from cms.access_links import token_links
from cms.access_links.models import AccessToken
from stories import changes
from stories.consent import consent
from stories.consent.guardian_requests import ask_another
from stories.guardians.forms import AnotherForm
from stories.languages import tag_of
from stories.models import Contributor, Purpose, Story
from stories.my_stories import mailed_links, status_text, version_diff
from stories.my_stories.access import Own, private, stories_of, theirs
from stories.my_stories.forms import LinkForm
from stories.photos import views as pictures
from stories.workflow import Impossible

FORM = ["GET", "HEAD", "POST"]
MOST_LISTED = 200
# What a page says after something was done. Told by the address, so that no cookie is needed.
DONE = {
    "sent": "Thank you. Your change is with our team. They write to you.",
    "dropped": "Your change is thrown away.",
    "named": "Saved. Readers see it everywhere from now on.",
    "named-later": "Saved. The new name is part of a change: send it, so that our team can read it.",
    "chosen": "Your choices are saved.",
    "asked": "Your choices are saved. We wrote to your parent or guardian about the new ones.",
    "paper": "Your choices are saved. For what is new your parent or guardian must sign, too: bring them to us.",
    "unasked": "Your choices are saved. What is new holds once your parent or guardian agrees. We have written to them "
    "often today: please save it again tomorrow, and we ask them.",
    "withdrawn": "Your story is taken back.",
    "back": "Your story is back with us. Somebody of our team reads it again.",
    "informed": "Thank you. From now on we write to you at this address.",
    "parent": "We wrote to your parent or guardian.",
    "often": "You have downloaded it often enough for now. Please try again in an hour.",
    "late": "Nothing was done: your story had moved on. This is where it stands now.",
}


def go(own: Own, done: str, page: str = "story"):
    """After something was done, on to a page that says so."""
    address = own.address(page)
    return redirect(f"{address}{'&' if '?' in address else '?'}{urlencode({'done': done})}")


def said(request) -> str:
    return DONE.get(request.GET.get("done", ""), "")


@csrf_exempt  # asking for a link uses nothing that a browser brings along; what a session shows is only read
@require_http_methods(FORM)
def index(request):
    """All their stories for whoever is signed in; for others, and for stories told with another address, a link."""
    form = LinkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            if not form.is_from_a_machine:
                mailed_links.ask(form.cleaned_data["email"], network=network_of(request))
        except mailed_links.TooMany as error:
            form.add_error(None, str(error))
        else:
            return redirect("my_stories:link_sent")
    is_signed_in = request.user.is_authenticated
    stories = stories_of(request.user).order_by("-created_at", "-pk")[:MOST_LISTED] if is_signed_in else []
    context = {
        "title": "My stories",
        "form": form,
        "is_signed_in": is_signed_in,
        "stories": [_row(story) for story in stories],
    }
    return render(request, "my_stories/index.html", context)


def _row(story: Story) -> dict:
    version = story.latest
    return {
        "title": version.title if version and version.title.strip() else "A story without a title yet",
        "language": tag_of(version.language) if version and version.title.strip() else "en-GB",
        "url": reverse("my_stories:story", args=[story.slug]),
        "at": story.sent_at or story.created_at,
        "is_sent": story.sent_at is not None,
        "standing": status_text.of(story),
    }


@require_safe
def link_sent(request):
    return render(request, "my_stories/link_sent.html", {"title": "Look in your mail"})


@theirs
@require_safe
def story(request, own: Own):
    """Where it stands, what was said, what it says, what may be done with it, and what its teller may do now."""
    story, status = own.story, Story.Status
    pending, begun = changes.pending(story), changes.begun(story)
    contributor = story.contributor
    is_live = story.status not in (status.DRAFT, status.HELD)
    allowed = consent.allowed(story)
    row = _row(story)
    context = {
        "title": row["title"],
        "language": row["language"],
        "own": own,
        "to": own.to,
        "story": story,
        "done": said(request),
        "standing": row["standing"],
        "asked": status_text.asked(story),
        "said": status_text.said(story),
        "pending": pending,
        "begun": begun,
        "versions": [
            version_diff.shown(own, version, words)
            for version, words in (
                (story.shown if pending else story.latest, "What readers see" if pending else ""),
                (pending, "What you sent"),
            )
            if version is not None
        ],
        "name": contributor.shown_name,
        "purposes": [(purpose.label, purpose in allowed, purpose in consent.wished(story)) for purpose in Purpose],
        "answers": status_text.answers(story),
        "asked_wording": contributor.asked_wording,
        "is_child": contributor.age == Contributor.Age.TEENAGER,
        "may_change": changes.may_change(story),
        "may_choose": story.status != status.DRAFT,
        "may_name": is_live,
        "may_withdraw": may_withdraw(story),
        "may_bring_back": status_text.may_bring_back(story),
        "may_erase": story.status != status.HELD,
        "until": status_text.brought_back_until(story),
        "may_keep_informed": _may_keep_informed(own),
        "waits_for_guardian": story.status == status.AWAITING_GUARDIAN,
        "public_url": story.get_absolute_url() if story.status == status.PUBLISHED else "",
    }
    return render(request, "my_stories/story.html", context)


def may_withdraw(story: Story) -> bool:
    return story.status not in (Story.Status.DRAFT, Story.Status.WITHDRAWN, Story.Status.HELD)


def _may_keep_informed(own: Own) -> bool:
    """They opened a link that came to the address somebody else typed in for them: so it is theirs."""
    contributor = own.story.contributor
    if own.key is None or not own.key.email or contributor.email_verified_at is not None:
        return False
    return own.key.email == contributor.email.lower()


@theirs
@require_POST
def keep_informed(request, own: Own):
    if _may_keep_informed(own):
        with transaction.atomic():
            contributor = Contributor.objects.select_for_update().get(story=own.story)
            contributor.email_verified_at = contributor.email_verified_at or timezone.now()
            contributor.save(update_fields=["email_verified_at"])
    return go(own, "informed")


@theirs
@require_POST
def go_on(request, own: Own):
    """With a draft of theirs, as if they had opened a link to it."""
    if own.story.status != Story.Status.DRAFT:
        return go(own, "late")
    text, _ = token_links.make(AccessToken.Purpose.GO_ON, own.story, days=1)
    return private(redirect(f"{reverse('submit:go_on')}?{urlencode({'key': text})}"))


@theirs
@require_POST
def drop(request, own: Own):
    """Throws a change away: the one being written, or else the one that was sent."""
    found = changes.begun(own.story) or changes.pending(own.story)
    try:
        if found is not None:
            changes.drop(found)
    except Impossible:
        return go(own, "late")
    return go(own, "dropped")


@theirs
@require_http_methods(FORM)
def guardian(request, own: Own):
    """Another address of a parent or guardian, where the first was wrong."""
    if own.story.status != Story.Status.AWAITING_GUARDIAN:
        return go(own, "late")
    form = AnotherForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                asked = ask_another(own.story, name=form.cleaned_data["name"], email=form.cleaned_data["email"])
        except ValidationError as error:
            form.add_error("email", error)
        else:
            if asked:
                return go(own, "parent")
            form.add_error(None, "We wrote to that address often enough today. We try again tomorrow.")
    context = {"title": "Your parent or guardian", "own": own, "to": own.to, "form": form}
    return render(request, "my_stories/guardian.html", context)


@theirs
@require_safe
def picture(request, own: Own, key, name):
    """Theirs, public or not."""
    return pictures.of_one_story(lambda _: own.story)(request, key=key, name=name)
