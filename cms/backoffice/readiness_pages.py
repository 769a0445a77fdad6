"""“Before you open” in the admin: what is still missing, each with what to do.

Two things are done from there: giving many things to one person, and sending oneself an email.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms import limits
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.backoffice.object_permissions import is_limited
from cms.lib import datetime_fields
from cms.outbox import mail
from cms.outbox.models import Mail
from cms.publishing.models import publishable_models
from cms.readiness import registry
from cms.readiness.models import BackupProof
from cms.readiness.registry import MAILS

TEST_MAILS_AN_HOUR = 10


def urls(site: admin.AdminSite) -> list[URLPattern]:
    return [
        path("before-you-open/", site.admin_view(require_safe(page)), name="cms_readiness"),
        path(
            "before-you-open/owners/",
            site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(owners)),
            name="cms_readiness_owners",
        ),
        path("before-you-open/mail/", site.admin_view(require_POST(test_mail)), name="cms_readiness_mail"),
    ]


def progress(person: Any) -> dict[str, int] | None:
    """How much of what they could do is done, of how much; nothing where all of it is, or none of it is theirs."""
    found = registry.look(person)
    done = sum(one.is_done for one in found)
    return {"done": done, "total": len(found)} if done < len(found) else None


def page(request):
    found = registry.look(request.user)
    if not found:
        raise PermissionDenied
    missing = [one for one in found if not one.is_done]
    groups = [(name, [one for one in missing if one.check.group == name]) for name in registry.GROUPS]
    may_mail = request.user.has_perm(MAILS)
    context = admin.site.each_context(request) | {
        "title": "Before you open",
        "groups": [(name, holes) for name, holes in groups if holes],
        "done": [one.check for one in found if one.is_done],
        "total": len(found),
        "may_mail": may_mail,
        "last_sent": _last_sent() if may_mail else "",
        "proof": BackupProof.newest(),
    }
    return render(request, "admin/readiness.html", context)


def _last_sent() -> str:
    newest = Mail.objects.filter(sent_at__isnull=False).order_by("-sent_at").first()
    return datetime_fields.in_words(newest.sent_at) if newest and newest.sent_at else ""


def test_mail(request):
    """To the address of whoever presses the button, and to nobody else."""
    if not request.user.has_perm(MAILS) or is_limited(request.user):
        raise PermissionDenied
    back = HttpResponseRedirect(f"{reverse('admin:cms_readiness')}#mail")
    if not limits.allows("test_mail", str(request.user.pk), most=TEST_MAILS_AN_HOUR, seconds=3600):
        messages.warning(request, "You have sent yourself many of these. Wait an hour.")
        return back
    said = (
        "This is a test. Somebody pressed the button under “Before you open”, and the portal’s email reached you.",
        f"It was written on {datetime_fields.in_words(timezone.now())}.",
    )
    mail.send(to=request.user.email, subject="A test from the portal", text="\n\n".join(said))
    messages.success(
        request, f"An email to {request.user.email} is on its way. If it does not come, look under Emails."
    )
    return back


# Many things to one owner


class OwnersForm(forms.Form):
    owner: Any = forms.ModelChoiceField(
        None,
        label="Who keeps them true?",
        empty_label="Choose a person",
        help_text="They are reminded when the day to check again comes.",
    )
    kinds = forms.MultipleChoiceField(
        label="What?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one kind."},
    )

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["owner"].queryset = get_user_model()._default_manager.filter(is_staff=True, is_active=True)
        self.fields["kinds"].choices = choices


def owners(request):
    """Asks whose, then says what that would do, then does it."""
    kinds = dict(_kinds(request))
    if not kinds:
        raise PermissionDenied
    counts = {label: things.count() for label, things in kinds.items()}
    choices = [(label, f"{_called(kinds[label])} ({count})") for label, count in counts.items() if count]
    form = OwnersForm(request.POST if request.method == "POST" else None, choices=choices)
    is_sure = False
    if request.method == "POST" and form.is_valid():
        owner, chosen = form.cleaned_data["owner"], form.cleaned_data["kinds"]
        if "confirmed" in request.POST:
            given = sum(_give(kinds[label], owner, by=request.user) for label in chosen)
            messages.success(request, f"{given} given to {owner}.")
            return HttpResponseRedirect(reverse("admin:cms_readiness"))
        is_sure = True
    context = admin.site.each_context(request) | {
        "title": "Give many things to one person",
        "form": form,
        "choices": choices,
        "is_sure": is_sure,
        "count": sum(counts[label] for label in form.cleaned_data["kinds"]) if is_sure else 0,
        "errors": [],
    }
    return render(request, "admin/readiness_owners.html", context)


def _kinds(request) -> Iterator[tuple[str, QuerySet]]:
    """What is public and without an owner, of each kind that this person may publish."""
    if is_limited(request.user):
        return
    for model in publishable_models():
        model_admin: Any = admin.site._registry.get(model)
        if model_admin is not None and model_admin.has_publish_permission(request):
            yield model._meta.label_lower, model._default_manager.published().unowned()


def _called(things: QuerySet) -> str:
    return capfirst(str(things.model._meta.verbose_name_plural))


@transaction.atomic
def _give(things: QuerySet, owner: Any, *, by: Any) -> int:
    """Each is saved by itself, so that its history says so; one line of the record for each kind. Says how many."""
    given = []
    for thing in things.select_for_update(of=("self",)).order_by("pk"):
        thing.owner = owner
        thing._change_reason = "Given an owner, with others"
        thing._history_user = by
        thing.save()
        given.append(str(thing))
    if given:
        audit_log.write(AuditEvent.Action.OWNER, things.model, by=by, new={"owner": str(owner), "given": given})
    return len(given)
