"""The screen on which a story is read and decided, and what is pressed there.

Whoever decides has seen the story as it is; nothing that they typed is lost; and `workflow` and `changes`
ask again for every right.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.lib.admin_urls import admin_url
from cms.requests.preserve_input import unless_typed
from stories import changes, workflow
from stories.models import Story, Version
from stories.moderation import review_context, story_actions
from stories.moderation.forms import AboutForm, HoldForm, TimeForm, WordsForm
from stories.moderation.queue import seen_by
from stories.publication import photo_rules, publishing

GONE = "That story is not here any more: its teller took it back, or somebody holds it for safeguarding."
DONE = {
    "claim": "You are on it. Others see your name beside it.",
    "release": "It is back in the queue for everybody.",
    "approve": "It is approved. Readers see it as soon as its pictures are ready.",
    "schedule": "It will be published at that time.",
    "show": "The change is approved. Readers see it as soon as its pictures are ready.",
    "ask": "Its teller is asked.",
    "decline": "It is not published.",
    "refuse": "What is public stays as it is.",
    "remove": "It is taken down. No page shows it any more.",
    "hold": "It is held. Those who look after safeguarding have an email about it.",
    "lift": "It goes on its way.",
    "reopen": "You are on it again.",
    "restore": "You are on it again. It is not public until it is approved.",
    "reconsider": "You are on it again. It is not published until you have decided.",
}
NOT_MAILED = ("release",)


def found(request: HttpRequest, pk: int) -> Story:
    """A story that this person may read, with what its screen shows first."""
    story = seen_by(request.user).filter(pk=min(pk, 2**63 - 1))
    one = story.select_related(
        "latest__ward", "shown__ward", "contributor__asked_wording", "call", "programme", "partner", "claimed_by",
        "entered_by", "decided_by",
    ).first()  # fmt: skip
    if one is None:
        raise Http404
    return one


def or_to_the_queue(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whoever comes a moment too late is told, and not shown an error."""

    def answered(model_admin, request, pk, *args, **kwargs):
        if not model_admin.has_view_permission(request):
            raise PermissionDenied
        try:
            return view(model_admin, request, pk, *args, **kwargs)
        except Http404:
            if request.method != "POST" or not Story.objects.filter(pk=min(pk, 2**63 - 1)).exists():
                raise
            messages.warning(request, GONE)
            return unless_typed(request, HttpResponseRedirect(reverse("admin:stories_story_changelist")), said=GONE)

    return answered


@or_to_the_queue
def read(model_admin, request, pk):
    story = found(request, pk)
    note_look(story, request.user)
    return _page(model_admin, request, story)


def note_look(story: Story, person: Any) -> None:
    """That somebody opened what is held for safeguarding: once a day of each."""
    if story.status != Story.Status.HELD:
        return
    kind, action = ContentType.objects.get_for_model(Story), AuditEvent.Action.STORY_LOOKED_AT
    lines = AuditEvent.objects.filter(content_type=kind, object_id=story.pk, action=action, by=person)
    if not lines.filter(at__date=timezone.localdate()).exists():
        audit_log.write(action, story, by=person)


def _page(model_admin, request, story, *, bound=None, about=None, status=200):
    bound = bound or {}
    open_steps = review_context.steps_for(story, request.user)
    context = model_admin.admin_site.each_context(request) | review_context.context_of(story, request.user)
    context |= {
        "decisions": review_context.decisions(
            story, request.user, open_steps=open_steps, bound=bound, is_kept_back=bool(context["mistakes"])
        ),
        "not_open": [(review_context.words_for(step), form) for step, form in bound.items() if step not in open_steps],
        "is_wrong": any(form.errors for form in bound.values()) or (about is not None and about.errors),
        "about": (about or _about_form(story)) if context["may_moderate"] else None,
        "next_one": _next_one(request, story),
    }
    return render(request, "admin/stories/story.html", context, status=status)


def _about_form(story):
    return AboutForm(instance=story, version=story.latest) if story.latest else None


def _next_one(request, story) -> Story | None:
    if not request.user.has_perm(workflow.MODERATOR):
        return None
    waiting = seen_by(request.user).waiting().filter(claimed_by=None).exclude(pk=story.pk)
    return waiting.select_related("latest").first()


@or_to_the_queue
def decide(model_admin, request, pk):
    story, step = found(request, pk), request.POST.get("step", "")
    if step not in review_context.ORDER or not request.user.has_perm(_right_for(step)):
        raise PermissionDenied
    form = review_context.form_for(step, request.POST)
    if "fill" in request.POST and isinstance(form, WordsForm):
        fresh = review_context.form_for(step, form.filled())
        fresh.errors.clear()  # nothing is decided yet, so nothing is wrong
        return _page(model_admin, request, story, bound={step: fresh})
    if form is not None and not form.is_valid():
        return _page(model_admin, request, story, bound={step: form})
    try:
        take(step, story, by=request.user, form=form, seen_at=request.POST.get("seen_at", ""))
    except PermissionDenied:
        messages.warning(request, "Nothing was done: nobody decides about a story of their own. Ask a colleague.")
    except (workflow.Impossible, ValidationError) as problem:
        said = problem.messages if isinstance(problem, ValidationError) else [str(problem)]
        if form is not None:
            for words in said:
                form.add_error(None, words)
            return _page(model_admin, request, found(request, pk), bound={step: form})
        for words in said:
            messages.warning(request, words)
    else:
        messages.success(request, DONE[step] + _mail_words(story, step))
    return HttpResponseRedirect(_after(request, story))


def _right_for(step: str) -> str:
    return workflow.SAFEGUARDING if step == "lift" else workflow.MODERATOR


def take(step: str, story: Story, *, by: Any, form: Any, seen_at: str) -> None:
    """The change of what is public is decided by `changes`, all else by `workflow`."""
    note = getattr(form, "note", "")
    change = review_context.pending(story)
    if step in ("show", "refuse") or (step == "ask" and story.status == Story.Status.PUBLISHED):
        if change is None:
            raise workflow.Impossible("Nothing was done: no change waits any more.")
        changes.take(step, change, by=by, note=note, seen_at=seen_at)
        let_go(story)
    elif isinstance(form, HoldForm):
        story_actions.hold(story, by=by, why=form.cleaned_data["why"], seen_at=seen_at)
    elif isinstance(form, TimeForm):
        workflow.take(step, story, by=by, at=form.cleaned_data["at"], seen_at=seen_at)
    else:
        workflow.take(step, story, by=by, note=note, seen_at=seen_at)
        if step == "claim" and story.is_rate_limited:
            story_actions.let_in(story, by=by)


@transaction.atomic
def let_go(story: Story) -> None:
    """Nobody is on a public story whose change is decided."""
    now = Story.objects.select_for_update().get(pk=story.pk)
    if now.status == Story.Status.PUBLISHED and now.claimed_by_id:
        now.claimed_by = now.claimed_at = None
        now.save(update_fields=["claimed_by", "claimed_at", "modified_at"])


def _mail_words(story: Story, step: str) -> str:
    teller = getattr(story, "contributor", None)
    if step in NOT_MAILED or teller is None:
        return ""
    if teller.email and teller.email_verified_at:
        return " Its teller gets a mail."
    return " We have no address of its teller, so nobody is told."


def _after(request, story) -> str:
    """The queue, if whoever decided may not see it any more."""
    if seen_by(request.user).filter(pk=story.pk).exists():
        return admin_url(story)
    return reverse("admin:stories_story_changelist")


@or_to_the_queue
def on_change(model_admin, request, pk):
    """“I’m on it”, or not any more, for a change of what is public: its status is not touched."""
    story, begins = found(request, pk), request.POST.get("step") != "release"
    if not request.user.has_perm(workflow.MODERATOR):
        raise PermissionDenied
    with transaction.atomic():
        now = Story.objects.select_for_update().get(pk=story.pk)
        if review_context.pending(story) is None or now.status != Story.Status.PUBLISHED:
            messages.warning(request, "Nothing was done: no change waits any more.")
        elif begins and now.claimed_by_id not in (None, request.user.pk):
            messages.warning(request, "Nothing was done: somebody else is on it.")
        else:
            now.claimed_by = request.user if begins else None
            now.claimed_at = timezone.now() if begins else None
            now.save(update_fields=["claimed_by", "claimed_at", "modified_at"])
            step = workflow.STEPS["claim" if begins else "release"].words
            audit_log.write(AuditEvent.Action.STORY, now, by=request.user, new={"step": step})
            messages.success(request, DONE["claim" if begins else "release"])
    return HttpResponseRedirect(admin_url(story))


@or_to_the_queue
def about(model_admin, request, pk):
    """Never its words: those are its teller’s."""
    with transaction.atomic():
        story = found(request, pk)
        if not request.user.has_perm(workflow.MODERATOR):
            raise PermissionDenied
        Story.objects.select_for_update().get(pk=story.pk)
        story = found(request, pk)
        if story.latest is None:
            raise Http404
        form = AboutForm(request.POST, instance=story, version=story.latest)
        if form.is_valid():
            if request.POST.get("seen_at", "") != story.modified_at.isoformat():
                words = "Nothing was saved: it was changed after you opened this page. Look again, then save."
                form.add_error(None, words)
            elif mistakes := _saved_about(story, form, by=request.user):
                form.add_error(None, ValidationError(mistakes))
            else:
                messages.success(request, "It is saved." if form.changed_data else "Nothing was different.")
                return HttpResponseRedirect(admin_url(story) + "#about")
    # the instance holds what was typed; what is shown is as it is stored
    return _page(model_admin, request, found(request, pk), about=form)


def _saved_about(story: Story, form: AboutForm, *, by: Any) -> list[str]:
    """What would be public then and may not be; if there is anything, nothing is saved."""
    before = _mistakes_in_public(story)
    point = transaction.savepoint()
    _save_about(story, form, by=by)
    if mistakes := [words for words in _mistakes_in_public(story) if words not in before]:
        transaction.savepoint_rollback(point)
        return mistakes
    transaction.savepoint_commit(point)
    return []


def _mistakes_in_public(story: Story) -> list[str]:
    """The words are asked for anew: what staff note stands in them."""
    shown = Version.objects.filter(shown_for=story).first() if story.status == Story.Status.PUBLISHED else None
    return list(photo_rules.mistakes(story, shown)) if shown is not None else []


def _save_about(story: Story, form: AboutForm, *, by: Any) -> None:
    changed = form.changed_data
    if not changed:
        return
    old = {name: _said(form.initial.get(name), form, name) for name in changed}
    form.save()
    of_words = [name for name in ("content_note", "language") if name in changed]
    for version in story.versions.filter(Q(latest_for=story) | Q(shown_for=story)) if of_words else ():
        for name in of_words:
            setattr(version, name, form.cleaned_data[name])
        version.save(update_fields=[*of_words, "modified_at"])
    new = {name: _said(form.cleaned_data[name], form, name) for name in changed}
    labels = {name: str(form.fields[name].label) for name in changed}
    audit_log.write(
        AuditEvent.Action.STORY,
        story,
        by=by,
        old={labels[name]: old[name] for name in changed if name != "content_note"},
        new={"step": f"About the story: {', '.join(labels.values())}"}
        | {labels[name]: new[name] for name in changed if name != "content_note"},
    )
    publishing.refresh(story)


def _said(value: Any, form: AboutForm, name: str) -> Any:
    """A link by the name of what it leads to; never what a teller wrote."""
    if hasattr(value, "all") or isinstance(value, (list, tuple)):
        return sorted(str(one) for one in value)
    field = form.fields[name]
    if hasattr(field, "queryset") and value is not None and not hasattr(value, "pk"):
        value = field.queryset.filter(pk=value).first()
    return value if isinstance(value, bool) else str(value or "")
