"""What somebody with a preview link sees. Only the key opens it; no account, no cookie."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms.backoffice.publishable import preview_mixin
from cms.backoffice.publishable.diff_fields import differences_between
from cms.lib.admin_urls import admin_url
from cms.lib.structured_data import absolute
from cms.revisions import kinds, preview_links, versions, workflow
from cms.revisions.models import Answer


class AnswerForm(forms.ModelForm):
    shown_at = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Answer
        fields = ["name", "verdict", "comment"]
        widgets = {"verdict": forms.RadioSelect, "comment": forms.Textarea(attrs={"rows": 5})}
        labels = {"comment": "Your words"}
        help_texts = {"comment": "What should change, and to what? If all is right you may leave this empty."}

    def __init__(self, *args, last_changed, **kwargs):
        super().__init__(*args, **{"label_suffix": "", "initial": {"shown_at": last_changed}} | kwargs)
        self.fields["verdict"].choices = Answer.Verdict.choices
        self.last_changed = last_changed

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("shown_at") != self.last_changed:
            self.data = self.data.copy()
            self.data["shown_at"] = self.last_changed
            self.add_error(
                None, ValidationError("The page was changed while you were looking. Please look again.", code="changed")
            )
        if cleaned.get("verdict") == Answer.Verdict.CHANGE and not cleaned.get("comment", "").strip():
            self.add_error("comment", ValidationError("Say what should change.", code="needed"))
        return cleaned


def _open(request):
    link = preview_links.find(request.GET.get("key", ""))
    if link is None or link.thing is None:
        raise Http404
    return link


def _private(response):
    """Nobody learns its address from where a reader goes next; that nobody keeps or finds it is the rule of all private
    addresses (derbycity/responses/middleware.py)."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@csrf_exempt  # the key in the address is the only right there is: a browser brings nothing along that could be misused
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request):
    try:
        link = _open(request)
    except Http404:
        return _private(render(request, "preview/ended.html", status=404))
    shown_at = preview_links.shown_at(link)
    form = AnswerForm(request.POST if request.method == "POST" else None, last_changed=shown_at.isoformat())
    is_full = link.answers.count() >= preview_links.MOST_ANSWERS
    if request.method == "POST" and not is_full and form.is_valid():
        answered = link.proposal.get_absolute_url() if link.proposal else admin_url(link.thing, "share")
        given = {name: form.cleaned_data[name] for name in ("name", "verdict", "comment")}
        preview_links.answer(link, **given, address=absolute(answered))
        key = request.GET["key"]
        return _private(HttpResponseRedirect(f"{reverse('preview:shared')}?key={key}&thanks=1"))
    context = {
        "link": link,
        "thing": link.thing,
        "key": request.GET["key"],
        "form": form,
        "is_full": is_full,
        "thanks": "thanks" in request.GET and request.method != "POST",
        "differences": _differences(link),
        "shown_at": shown_at,
    }
    response = render(request, "preview/shared.html", context)
    response.has_frames = True
    return _private(response)


def _differences(link):
    if link.proposal is None:
        return []
    found = workflow.read(link.proposal)
    if found.instance is None:
        return []
    return differences_between(kinds.of(found.instance), found.live, found.wanted, leaving_out=versions.STAYS)


@require_safe
@xframe_options_sameorigin
def shared_page(request):
    """The page itself, for the frame."""
    link = _open(request)
    kind = kinds.of(link.content_type.model_class())
    key = request.GET["key"]
    try:
        response = preview_mixin.page(kind, request, pk=link.object_id, proposal=link.proposal, key=key)
    except ValidationError:
        raise Http404 from None
    return _private(response)
