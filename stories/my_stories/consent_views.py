"""What may be done with a story, and in whose name it stands: its teller's to choose at any time."""

from typing import Any

from django.db import transaction
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from stories import changes, display_name, workflow
from stories.consent import consent as consents
from stories.consent.guardian_requests import ask_about_choices
from stories.models import Consent, ConsentVersion, Contributor, Purpose, Story
from stories.my_stories.access import Own, theirs
from stories.my_stories.forms import ConsentForm, NameForm
from stories.my_stories.views import FORM, go
from stories.workflow import Impossible, Role

_PUBLIC_OR_SOON = (Story.Status.PUBLISHED, Story.Status.APPROVED, Story.Status.SCHEDULED)


@theirs
@require_http_methods(FORM)
def consent(request, own: Own):
    """Whoever unticks “on this site” takes a public story back: they are told so, and asked once more."""
    if own.story.status == Story.Status.DRAFT:
        return go(own, "late")
    wording = ConsentVersion.objects.current()
    form = ConsentForm(request.POST if request.method == "POST" else None, story=own.story, wording=wording)
    context = _page(own, wording) | {"title": "What we may do with your story", "form": form}
    if request.method == "POST" and form.is_valid():
        if _is_outdated(request, wording):
            context["news"] = (
                "The words on this page have changed since you opened it. Please read them, and send it again."
            )
            return render(request, "my_stories/consent.html", context)
        takes_back = own.story.status in _PUBLIC_OR_SOON and Purpose.SITE not in form.given
        if takes_back and "sure" not in request.POST:
            hidden = [purpose.value for purpose in Purpose if purpose in form.given]
            context |= {"title": "Then your story leaves the site", "hidden": hidden}
            return render(request, "my_stories/consent_sure.html", context)
        return go(own, _answered(own.story, form, wording))
    return render(request, "my_stories/consent.html", context)


def _page(own: Own, wording: ConsentVersion) -> dict[str, Any]:
    contributor = own.story.contributor
    refused = consents.wished(own.story) - consents.allowed(own.story)
    return {
        "own": own,
        "to": own.to,
        "licence": wording.licence_for_children if contributor.is_child else wording.licence,
        "wording": wording,
        "is_new": consents.mean_something_else(own.story, wording),
        "what_changed": contributor.asked_wording.what_changed if contributor.asked_wording else "",
        "not_agreed": [purpose.label for purpose in Purpose if purpose in refused],
        "parent": contributor.age == Contributor.Age.TEENAGER,
        "news": "",
    }


def _is_outdated(request, wording: ConsentVersion) -> bool:
    """They read other words than those that would be written down as shown."""
    return request.POST.get("wording", "") != str(wording.number)


@transaction.atomic
def _answered(story: Story, form: ConsentForm, wording: ConsentVersion) -> str:
    """Writes the answers down, and says what is told of that. A parent's yes is asked for again where more is
    allowed; until it comes the old scope holds (consents.allowed)."""
    story = Story.objects.select_for_update(of=("self",)).select_related("contributor").get(pk=story.pk)
    contributor = story.contributor
    by = Consent.By.ADULT if contributor.age == Contributor.Age.UNDER_13 else Consent.By.TELLER
    is_same = form.given == consents.wished(story) and contributor.asked_wording_id is None
    if not (is_same and _answered_in(story, wording)):
        consents.answer(story, form.given, wording=wording, by=by, is_child=contributor.is_child)
    contributor.asked_wording = contributor.asked_at = None
    contributor.save(update_fields=["asked_wording", "asked_at"])
    if story.status in _PUBLIC_OR_SOON and Purpose.SITE not in form.given:
        workflow.take("withdraw", story, by=Role.TELLER)
        return "withdrawn"
    needs_parent = contributor.age == Contributor.Age.TEENAGER and contributor.guardian_confirmed_at is not None
    if needs_parent and form.given - consents.allowed(story) and form.is_wider:
        return "asked" if ask_about_choices(story) else "paper" if not contributor.guardian_email else "unasked"
    return "chosen"


def _answered_in(story: Story, wording: ConsentVersion) -> bool:
    """Whether these answers stand there already, in these words: a double click writes nothing twice."""
    return story.consents.exclude(by=Consent.By.GUARDIAN).filter(wording=wording).exists()


@theirs
@require_http_methods(FORM)
def name(request, own: Own):
    """To be shown less takes hold at once; what needs reading goes with a change."""
    story = own.story
    if story.status in (Story.Status.DRAFT, Story.Status.HELD):
        return go(own, "late")
    contributor = story.contributor
    now, asked = display_name.of(contributor), changes.begun(story) or changes.pending(story)
    wanted = display_name.of(asked) if asked is not None and asked.shown_as else now
    form = NameForm(request.POST if request.method == "POST" else None, contributor=contributor, wanted=wanted)
    if request.method == "POST" and form.is_valid():
        try:
            return go(own, *_named(story, form.wanted))
        except Impossible:
            form.add_error(
                "shown_as", "You can have another name shown once your story is on the site, or take it back."
            )
    context = {
        "title": "How your name appears",
        "own": own,
        "to": own.to,
        "form": form,
        "name": contributor.shown_name,
        "is_public": story.status == Story.Status.PUBLISHED,
    }
    return render(request, "my_stories/name.html", context)


@transaction.atomic
def _named(story: Story, wanted: display_name.Named) -> tuple[str, str]:
    """What is told of it, and on which page they go on. Raises Impossible."""
    story = Story.objects.select_for_update(of=("self",)).select_related("contributor", "latest").get(pk=story.pk)
    if story.status == Story.Status.HELD:
        raise Impossible("It is held now.")
    now = display_name.of(story.contributor)
    at_once = display_name.hidden_at_once(now, wanted)
    if story.status in _BEING_READ:  # with its name
        display_name.set_now(story, wanted)
        story.save()  # whoever reads it is told that it has changed
        return "named", "story"
    if at_once != now or wanted == now:
        display_name.set_now(story, at_once)
    if wanted in (now, at_once):
        return "named", "story"
    version = changes.begin(story)
    wanted.on(version).save(update_fields=wanted._fields)
    return "named-later", "change_check"


_BEING_READ = (
    Story.Status.AWAITING_VERIFICATION, Story.Status.AWAITING_GUARDIAN, Story.Status.SUBMITTED, Story.Status.IN_REVIEW,
    Story.Status.CHANGE_ASKED, Story.Status.WITHDRAWN, Story.Status.DECLINED, Story.Status.REMOVED,
)  # fmt: skip
