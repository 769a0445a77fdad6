"""The admin's first page says what needs somebody today; its lists come in the order of staff's work."""

import datetime
from dataclasses import dataclass, field
from functools import update_wrapper

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import BadRequest
from django.db.models import CharField, Count, DateTimeField, F, Value, Window
from django.db.models.functions import Cast
from django.forms import EmailInput
from django.urls import reverse
from django.utils import formats, timezone

from city.models import Page, PriorityArea, Theme, Ward
from partners.models import Partner
from programmes.models import Programme

PUBLISHABLE = (Programme, Partner, Page, Theme, PriorityArea, Ward)
SHOWN = 8  # things of each need; all others are a link away
ONLY_COUNTED = ("nobody", "no_day")

APPS = ("programmes", "partners", "city", "editorial", "accounts")
MODELS = (
    "Programme", "Audience", "Partner", "Page", "Theme", "PriorityArea", "Ward", "Source", "Image", "MovedAddress",
    "User", "Group",
)  # fmt: skip
MOVES_TO = {"auth": "accounts"}  # groups stand under the heading of people

# Kind of work: its heading, what it means, and the words before the moment that puts the oldest first.
NEEDS = {
    "review": ("Check again", "Their day has come. See whether all is still true, then set a new day.", "since"),
    "unconfirmed": (
        "Does it still run?",
        "The public reads “We are checking if it still runs”. Ask whoever leads it, then say what you learnt.",
        "last changed",
    ),
    "draft": ("Drafts", "Only staff can see these.", "last changed"),
    "scheduled": ("Scheduled", "These become public by themselves.", "on"),
    "nobody": ("Nobody keeps it true", "These are public and have no owner. Give each to a person.", "last changed"),
    "no_day": ("No day to check again", "These are public, and nobody will be reminded of them.", "last changed"),
}


def _questions(model):
    """Kind of work, what to look for, the moment that puts the oldest first, and the filter that lists all."""
    things = model.objects.order_by()
    public = things.published()
    changed = F("modified_at")
    yield "review", things.due_for_review(), Cast("review_on", DateTimeField()), "state=public&review=due"
    if model is Programme:
        running = Programme.Running.UNCONFIRMED
        yield "unconfirmed", public.filter(running=running), changed, f"state=public&running__exact={running}"
    yield "draft", things.drafts(), changed, "state=draft"
    yield "scheduled", things.scheduled(), F("publish_at"), "state=scheduled"
    yield "nobody", public.filter(owner=None), changed, "state=public&kept_by=nobody"
    yield "no_day", public.filter(review_on=None), changed, "state=public&review=never"


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


class LoginForm(AdminAuthenticationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].widget = EmailInput(attrs={"autofocus": True, "autocomplete": "username"})


class Site(admin.AdminSite):
    site_header = "Derby, a learning city"
    site_title = "Derby, a learning city: staff"
    index_title = "What needs you today"
    enable_nav_sidebar = False
    empty_value_display = "None"
    login_form = LoginForm
    password_change_template = "admin/password.html"  # noqa: S105 - a file, not a password

    def admin_view(self, view, cacheable=False):
        """Refuses the one letter that no address of ours holds and that PostgreSQL cannot store."""
        inner = super().admin_view(view, cacheable)

        def guarded(request, *args, **kwargs):
            if any("\0" in text for name, texts in request.GET.lists() for text in (name, *texts)):
                raise BadRequest("a null byte in the address")
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    def get_app_list(self, request, app_label=None):
        found = {app["app_label"]: app for app in super().get_app_list(request, app_label)}
        for label, target in MOVES_TO.items():
            if app_label is None and label in found and target in found:
                found[target]["models"] += found.pop(label)["models"]
        for app in found.values():
            app["models"].sort(key=lambda model: _place(MODELS, model["object_name"]))
        return sorted(found.values(), key=lambda app: _place(APPS, app["app_label"]))

    def index(self, request, extra_context=None):
        return super().index(request, {"needs": self.needs(request)} | (extra_context or {}))

    def needs(self, request) -> list[Need]:
        """What waits for somebody who may see it, in one question to the database."""
        asked, filters = [], {}
        for model in PUBLISHABLE:
            if not self.get_model_admin(model).has_view_permission(request):
                continue
            label = model._meta.label
            words = "name" if model in (Partner, Ward) else "title"
            for need, things, since, query in _questions(model):
                filters[need, label] = query
                oldest = things.annotate(since=since).order_by("since", "pk")
                asked.append(
                    oldest.values_list(
                        Value(need, CharField()), Value(label, CharField()), "pk", F(words), "since", Window(Count("*"))
                    )[:SHOWN]
                )
        if not asked:
            return []
        found = {need: Need(title, hint) for need, (title, hint, _) in NEEDS.items()}
        models = {model._meta.label: model._meta for model in PUBLISHABLE}
        seen = set()
        for need, label, pk, words, since, count in asked[0].union(*asked[1:], all=True):
            meta = models[label]
            name = f"{self.name}:{meta.app_label}_{meta.model_name}"
            if (need, label) not in seen:
                seen.add((need, label))
                address = f"{reverse(f'{name}_changelist')}?{filters[need, label]}"
                found[need].lists.append((str(meta.verbose_name_plural), count, address))
            when = f"{NEEDS[need][2]} {formats.date_format(timezone.localtime(since), 'j F Y')}"
            found[need].things.append(
                Waiting(since, words, str(meta.verbose_name), reverse(f"{name}_change", args=[pk]), when)
            )
        for name, need in found.items():
            need.things = [] if name in ONLY_COUNTED else sorted(need.things, key=lambda waiting: waiting.since)[:SHOWN]
        return [need for need in found.values() if need.lists]


def _place(order, name):
    return order.index(name) if name in order else len(order)
