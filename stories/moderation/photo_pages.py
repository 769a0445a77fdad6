"""One picture of a story, for staff: who is on it and whether they agreed; hidden and shown again; the rule set aside.

Nobody decides about a picture in a story of their own, and the rule about people is set aside by an
administrator alone, who shows again who they are.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.lib.admin_urls import admin_url
from cms.requests import reauthentication
from stories import workflow
from stories.models import DepictedPerson, StoryPicture, Version, VersionPicture
from stories.moderation import review, review_context
from stories.moderation.forms import HideForm, OverrideForm, PeopleForms
from stories.photos import takedown

STEPS = ("people", "hide", "show", "override", "end_override")


@review.or_to_the_queue
def page(model_admin, request, pk, picture_pk):
    story = review.found(request, pk)
    sent = VersionPicture.objects.exclude(version__state=Version.State.WRITING)  # what is being written is its teller's
    picture = story.pictures.filter(pk=min(picture_pk, 2**63 - 1), pk__in=sent.values("picture")).first()
    if picture is None:
        raise Http404
    review.note_look(story, request.user)
    if request.method == "POST":
        return _decide(model_admin, request, story, picture)
    return _shown(model_admin, request, story, picture)


def _decide(model_admin, request, story, picture):
    step, person = request.POST.get("step", ""), request.user
    is_overriding = step in ("override", "end_override")
    if step not in STEPS or not person.has_perm(takedown.OVERRIDE if is_overriding else workflow.MODERATOR):
        raise PermissionDenied
    if workflow.is_own(story, person) and step != "hide":  # whoever hides one takes no risk
        messages.warning(request, "Nothing was done: nobody decides about a story of their own. Ask a colleague.")
        return HttpResponseRedirect(_address(picture))
    form: Any = None
    if step == "people":
        form = PeopleForms(request.POST, queryset=picture.people.all(), prefix="people")
    elif step in ("hide", "override"):
        form = (HideForm if step == "hide" else OverrideForm)(request.POST)
    if form is not None and not form.is_valid():
        return _shown(model_admin, request, story, picture, **{step: form})
    if is_overriding:
        reauthentication.ask_again(request)
    try:
        messages.success(request, _do(step, picture, person, form))
    except ValidationError as mistakes:
        for words in mistakes.messages:
            messages.warning(request, words)
    return HttpResponseRedirect(_address(picture))


def _do(step: str, picture: StoryPicture, person: Any, form: Any) -> str:
    if step == "people":
        return save_people(picture, form, by=person)
    if step == "hide":
        takedown.hide(picture, by=person, why=form.cleaned_data["why"])
        return "It is hidden. No reader sees it any more, on any page."
    if step == "show":
        takedown.show_again(picture, by=person)
        return "It is not hidden any more."
    if step == "override":
        takedown.override(picture, by=person, why=form.cleaned_data["why"])
        return "The rule is set aside for this picture. It stands in the record with your name."
    takedown.end_override(picture, by=person)
    return "The rule holds again for this picture."


@transaction.atomic
def save_people(picture: StoryPicture, forms: Any, *, by: Any) -> str:
    """What staff learnt about the people on it. The record says how many agree, and never who they are."""
    was_showable = StoryPicture.objects.showable().filter(pk=picture.pk).exists()
    old = _in_numbers(picture)
    saved = [form for form in forms if form.has_changed()]
    if not saved:
        return "Nothing was different."
    for form in saved:
        form.instance.picture = picture
        form.save()
    if not picture.has_people:
        picture.has_people = True
        picture.save(update_fields=["has_people"])
    new = {"picture": picture.pk} | _in_numbers(picture)
    audit_log.write(AuditEvent.Action.STORY_PICTURE, picture.story, by=by, old=old, new=new)
    takedown.people_changed(picture, by=by, was_showable=was_showable)
    return "It is noted."


def _in_numbers(picture: StoryPicture) -> dict[str, int]:
    people = list(picture.people.all())
    said = {str(consent.label): sum(one.consent == consent for one in people) for consent in DepictedPerson.Consent}
    return {"people on it": len(people), "children": sum(one.is_child for one in people)} | said


def _shown(model_admin, request, story, picture, **forms):
    people = forms.get("people") or PeopleForms(queryset=picture.people.all(), prefix="people")
    for form in people.forms:
        form.empty_permitted = form.instance.pk is None
    person = request.user
    may_moderate, is_own = person.has_perm(workflow.MODERATOR), workflow.is_own(story, person)
    use = picture.uses.filter(version__in=(story.latest_id, story.shown_id)).order_by("-version__number").first()
    context = model_admin.admin_site.each_context(request) | {
        "title": "A picture of this story",
        "story": story,
        "story_title": story.latest.title if story.latest and story.latest.title else str(story),
        "story_url": admin_url(story),
        "picture": picture,
        "use": use,
        "file": review_context.file_address(picture, "preview.jpg"),
        "large": review_context.file_address(picture, "master.jpg"),
        "is_shown": StoryPicture.objects.showable().filter(pk=picture.pk).exists(),
        "override": picture.overrides.filter(ended_at=None).select_related("by").first(),
        "is_public": StoryPicture.objects.public().filter(pk=picture.pk).exists(),
        "may_moderate": may_moderate,
        "is_own": is_own,
        "may_override": person.has_perm(takedown.OVERRIDE) and not is_own,
        "people": people,
        "hide": forms.get("hide") or HideForm(),
        "override_form": forms.get("override") or OverrideForm(),
        "is_wrong": bool(forms),
    }
    return render(request, "admin/stories/picture.html", context)


def _address(picture: StoryPicture) -> str:
    return reverse("admin:stories_story_picture", args=[picture.story_id, picture.pk])
