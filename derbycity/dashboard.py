"""What needs somebody today, for the admin's first page: first what is theirs, then what anybody could take on."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Count, DateTimeField, F, Q, Value, Window
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import formats, timezone

from city.models import Page, PriorityArea, Theme, Ward
from cms.backoffice.object_permissions import HIDDEN, hidden_from
from cms.enquiries.models import Enquiry
from cms.publishing.models import Suggestion
from cms.publishing.review_dates import OVERDUE_DAYS, overdue_since
from cms.quality.models import DeadLink
from cms.revisions.models import Answer, Proposal
from news.models import NewsItem
from partners.models import JoinRequest, Partner
from programmes.models import Programme
from stories import workflow
from stories.models import Call, Report, Story, Thread
from stories.moderation import queue, rate_limited
from stories.reports import decisions

PUBLISHABLE = (Programme, Partner, NewsItem, Page, Theme, PriorityArea, Ward, Call, Thread)
SHOWN = 8  # things of each need; all others are a link away
ONLY_COUNTED = ("nobody", "no_day", "floods")
LATELY_DAYS = 30

# Kind of work: its heading, what it means, and the words before the moment that puts the oldest first.
NEEDS = {
    "decide": ("Waits for your decision", "Changes that others propose. Publish them, or say why not.", "proposed"),
    "held": ("Held for safeguarding", "Somebody may be at risk. Look at these first.", "since"),
    "concerns": ("Reported concerns", "Each has a day by which whoever reported it gets an answer.", "answer by"),
    "appeals": ("Appeals", "Whoever reported a concern asks for a second look. Somebody else decides.", "answer by"),
    "my_stories": ("Stories you are on", "Decide about them, or leave them to others.", "since"),
    "stories": ("Stories to read", "Press “I’m on it”, read it, then decide. Its teller waits for you.", "since"),
    "story_changes": ("Changes of stories", "Readers see the old words until you have read the new ones.", "since"),
    "floods": ("Many from one place", "They came with many others, and wait apart. Look at a few of them.", ""),
    "joining": ("Ask to join", "Organisations that want a page here. See whether they are who they say.", "since"),
    "suggestions": ("Suggestions", "What readers say should be different. Answer each with words.", "since"),
    "enquiries": ("Questions to the site team", "From the form on the contact page. Answer each.", "since"),
    "answers": ("What people outside answered", "On the preview links you sent, in the last month.", "on"),
    "refused": ("Your changes that were refused", "Read why, then change them or let them go.", "on"),
    "waiting": ("Your changes that wait", "Somebody with the right to publish looks at them.", "since"),
    "my_overdue": ("Yours, overdue", f"Their day came {OVERDUE_DAYS} days ago or more.", "since"),
    "my_review": ("Yours to check again", "Is all still right? Then press “Still right” on the form.", "since"),
    "my_draft": ("Your drafts", "Only staff can see these.", "last changed"),
    "overdue": ("Overdue", f"Somebody should have looked {OVERDUE_DAYS} days ago or more.", "since"),
    "review": ("Check again", "Their day has come. See whether all is still true, then set a new day.", "since"),
    "unconfirmed": (
        "Does it still run?",
        "The public reads “We are checking if it still runs”. Ask whoever leads it, then say what you learnt.",
        "last changed",
    ),
    "silent": (
        "Not confirmed by their organisation",
        "Their people were asked whether the page is right, and reminded. The public reads that nobody answered.",
        "since",
    ),
    "draft": ("Drafts", "Only staff can see these.", "last changed"),
    "scheduled": ("Scheduled", "These become public by themselves.", "on"),
    "nobody": ("Nobody keeps it true", "These are public and have no owner. Give each to a person.", "last changed"),
    "no_day": ("No day to check again", "These are public, and nobody will be reminded of them.", "last changed"),
    "dead_links": ("Dead links", "They led nowhere when they were last tried.", ""),
}


@dataclass(frozen=True)
class Waiting:
    """One thing that needs somebody."""

    since: datetime.datetime
    words: str
    kind: str
    address: str
    when: str


@dataclass
class Need:
    """All of one kind of work: the oldest few things, and for each model how many there are and where."""

    title: str
    hint: str
    things: list[Waiting] = field(default_factory=list)
    lists: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(count for _, count, _ in self.lists)


def needs_of(request, site) -> list[Need]:
    """What waits for somebody who may see it and do something about it."""
    found = {name: Need(title, hint) for name, (title, hint, _) in NEEDS.items()}
    seen = [model for model in PUBLISHABLE if site.get_model_admin(model).has_view_permission(request)]
    _add_things(request, seen, found)
    _add_stories(request, site, found)
    _add_enquiries(request, site, found)
    if seen:
        _add_proposals(request, site, found)
        _add_partners(request, site, found)
    if request.user.has_perm("cms.view_deadlink") and (count := DeadLink.objects.listed().count()):
        found["dead_links"].lists.append(("dead links", count, reverse("admin:cms_deadlink_changelist")))
    return [need for need in found.values() if need.lists]


def _questions(model, user) -> Iterator[tuple[str, Any, Any, str]]:
    """Kind of work, what to look for, the moment that puts the oldest first, and the filter that lists all."""
    things = model.objects.order_by().within_reach_of(user)
    public = things.published()
    changed, review = F("modified_at"), Cast("review_on", DateTimeField())
    due, is_overdue = things.due_for_review(), Q(review_on__lte=overdue_since())
    mine, others = Q(owner=user), ~Q(owner=user) | Q(owner=None)
    for prefix, whose, kept_by in (("my_", mine, "me"), ("", others, "not_me")):
        yield (
            f"{prefix}overdue",
            due.filter(whose, is_overdue),
            review,
            f"state=public&review=overdue&kept_by={kept_by}",
        )
        yield (
            f"{prefix}review",
            due.filter(whose).exclude(is_overdue),
            review,
            f"state=public&review=due&kept_by={kept_by}",
        )
        yield f"{prefix}draft", things.drafts().filter(whose), changed, f"state=draft&kept_by={kept_by}"
    if model is Programme:
        running = Programme.Running.UNCONFIRMED
        yield "unconfirmed", public.filter(running=running), changed, f"state=public&running__exact={running}"
    if model is Partner:
        yield "silent", things.unconfirmed(), review, "state=public&confirmed=no"
    yield "scheduled", things.scheduled(), F("publish_at"), "state=scheduled"
    yield "nobody", public.unowned(), changed, "state=public&kept_by=nobody"
    yield "no_day", public.filter(review_on=None), changed, "state=public&review=never"


def _add_things(request, models, found) -> None:
    """In one question to the database."""
    asked, filters = [], {}
    for model in models:
        words = "name" if model in (Partner, Ward) else "title"
        for need, things, since, query in _questions(model, request.user):
            filters[need, model] = query
            about = Value(need, CharField()), Value(model._meta.label, CharField())
            oldest = things.annotate(since=since).order_by("since", "pk")
            asked.append(oldest.values_list(*about, "pk", F(words), "since", Window(Count("*")))[:SHOWN])
    if not asked:
        return
    by_label = {model._meta.label: model for model in models}
    counted = set()
    for need, label, pk, words, since, count in asked[0].union(*asked[1:], all=True):
        model = by_label[label]
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        if (need, label) not in counted:
            counted.add((need, label))
            address = f"{reverse(f'{name}_changelist')}?{filters[need, model]}"
            found[need].lists.append((str(model._meta.verbose_name_plural), count, address))
        kind, address = str(model._meta.verbose_name), reverse(f"{name}_change", args=[pk])
        found[need].things.append(_waiting(need, since, words, kind, address))
    for name, need in found.items():
        need.things = [] if name in ONLY_COUNTED else sorted(need.things, key=lambda waiting: waiting.since)[:SHOWN]


def _waiting(need, since, words, kind, address) -> Waiting:
    day = formats.date_format(timezone.localtime(since), "j F Y")
    return Waiting(since, words, kind, address, f"{NEEDS[need][2]} {day}")


def _add_proposals(request, site, found) -> None:
    """Changes that wait for this person, this person's own, and what was answered on the links they sent."""
    page, status = reverse("admin:cms_proposal_changelist"), Proposal.Status
    admins = {model: site.get_model_admin(model) for model in PUBLISHABLE}
    may_publish = [model for model, model_admin in admins.items() if model_admin.has_publish_permission(request)]
    kinds = ContentType.objects.get_for_models(*may_publish).values()
    proposals = site.get_model_admin(Proposal).get_queryset(request).select_related("content_type").order_by()
    asked = {
        "decide": (proposals.filter(status=status.WAITING, content_type__in=kinds), "modified_at", "status=waiting"),
        "refused": (
            proposals.filter(status=status.REFUSED, by=request.user, decided_at__gt=_lately()),
            "decided_at",
            "status=refused&written_by=me",
        ),
        "waiting": (
            proposals.filter(status=status.WAITING, by=request.user),
            "modified_at",
            "status=waiting&written_by=me",
        ),
    }
    for name, (which, moment, query) in asked.items():
        oldest = list(which.annotate(since=F(moment), all_count=Window(Count("*"))).order_by("since", "pk")[:SHOWN])
        if oldest:
            found[name].lists.append(("changes", oldest[0].all_count, f"{page}?{query}"))
        found[name].things += [
            _waiting(name, proposal.since, proposal.title, proposal.content_type.name, proposal.get_absolute_url())
            for proposal in oldest
        ]
    _add_answers(request, found["answers"])


def _add_answers(request, need) -> None:
    answers = Answer.objects.filter(link__by=request.user, at__gt=_lately())
    newest = answers.select_related("link__content_type", "link__proposal").annotate(all_count=Window(Count("*")))
    for answer in newest.order_by("-at", "pk")[:SHOWN]:
        link = answer.link
        kind = link.content_type
        if link.proposal:
            address = link.proposal.get_absolute_url()
        else:
            address = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[link.object_id])
        is_hidden = (f"{kind.app_label}.{kind.model}", link.object_id) in hidden_from(request.user)
        about = f", about “{HIDDEN if is_hidden else link.proposal.title}”" if link.proposal else ""
        words = f"{answer.name}{about}: {answer.get_verdict_display()}"
        need.things.append(_waiting("answers", answer.at, words, kind.name, address))
        need.lists = need.lists or [("answers", answer.all_count, "")]


def _add_stories(request, site, found) -> None:
    """What was sent, in one question; to whoever may decide about it."""
    person = request.user
    if not person.has_perm(workflow.MODERATOR):
        return
    seen = queue.seen_by(person)
    waiting = seen.waiting().order_by()
    mine, others = Q(claimed_by=person), ~Q(claimed_by=person) | Q(claimed_by=None)
    asked = {
        "held": (seen.filter(status=Story.Status.HELD), "state=held"),
        "my_stories": (waiting.filter(mine), "who=me"),
        "stories": (waiting.filter(others, status__in=Story.WAITING), "state=new&who=not_me"),
        "story_changes": (waiting.filter(others, status=Story.Status.PUBLISHED), "state=changes&who=not_me"),
        "floods": (rate_limited.waiting(person), ""),
    }
    about = ("pk", "latest__title", "slug", "waits_since", Window(Count("*")))
    rows = [
        which.annotate(need=Value(need, CharField())).order_by("waits_since", "pk").values_list("need", *about)[:SHOWN]
        for need, (which, _) in asked.items()
    ]
    for need, pk, title, slug, since, count in rows[0].union(*rows[1:], all=True):
        if not found[need].lists:
            page, query = ("floods", "") if need == "floods" else ("changelist", f"?{asked[need][1]}")
            found[need].lists.append(("stories", count, reverse(f"admin:stories_story_{page}") + query))
        if need not in ONLY_COUNTED:
            address = reverse("admin:stories_story_change", args=[pk])
            found[need].things.append(_waiting(need, since or timezone.now(), title or slug, "story", address))
    for need in asked:
        found[need].things.sort(key=lambda one: one.since)
    for need, state in (("concerns", Report.State.OPEN), ("appeals", Report.State.APPEALED)):
        reports = decisions.waiting_for(person).filter(state=state).annotate(since=F("due_at"))
        _add_oldest(found, need, reports, need, f"state={state}")


def _add_partners(request, site, found) -> None:
    """Who asks to join, what readers suggest, and whose people do not answer: to whoever can do something about it."""
    person = request.user
    if person.has_perm("partners.decide_joinrequest"):
        waiting = site.get_model_admin(JoinRequest).get_queryset(request).filter(state=JoinRequest.State.WAITING)
        asked = waiting.annotate(since=Coalesce("confirmed_at", "created_at"))
        _add_oldest(found, "joining", asked, "requests", "state=waiting")
    if person.has_perm("cms.answer_suggestion"):
        waiting = site.get_model_admin(Suggestion).get_queryset(request).waiting()
        asked = waiting.annotate(since=F("at"))
        _add_oldest(found, "suggestions", asked, "suggestions", "answered=no")


def _add_enquiries(request, site, found) -> None:
    admin = site.get_model_admin(Enquiry)
    if admin.may_answer(request):
        asked = admin.get_queryset(request).waiting().annotate(since=F("created_at"))
        _add_oldest(found, "enquiries", asked, "questions", "answered=no")


def _add_oldest(found, need, rows, called, query) -> None:
    """The oldest of them, and how many there are, in one question."""
    name = f"admin:{rows.model._meta.app_label}_{rows.model._meta.model_name}"
    oldest = list(rows.order_by("since", "pk").annotate(all_count=Window(Count("*")))[:SHOWN])
    if oldest:
        address = f"{reverse(f'{name}_changelist')}?{query}"
        found[need].lists.append((called, oldest[0].all_count, address))
    kind = str(rows.model._meta.verbose_name)
    found[need].things += [
        _waiting(need, row.since, str(row), kind, reverse(f"{name}_change", args=[row.pk])) for row in oldest
    ]


def _lately() -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=LATELY_DAYS)
