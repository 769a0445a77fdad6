"""“Something wrong on this page? Tell us”: any reader says what should be different on any public page. No account, no
cookie, nobody else's help against robots.

It stands above accounts, which know where a request comes from; what becomes of a suggestion is in
cms/publishing/suggestions.py.
"""

from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.authentication.networks import network_of
from cms import limits
from cms.publishing import page_subjects, suggestions
from cms.requests.spam_guard import Guarded

_AN_HOUR, _A_DAY = 3600, 24 * 3600
_TOO_MANY = gettext_lazy(
    "We have had many suggestions from here today, so we cannot take this one now. Please keep your words and try "
    "again in an hour or tomorrow, or write to us."
)


class SuggestionForm(Guarded):
    words = forms.CharField(
        label=gettext_lazy("What should be different?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Please do not write private things about people."),
        error_messages={"required": gettext_lazy("Write what should be different.")},
    )
    known_from = forms.CharField(
        label=gettext_lazy("How do you know?"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("For example “I work there”, or the address of a page that says it."),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your email address"),
        required=False,
        help_text=gettext_lazy("Only if you want an answer."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": gettext_lazy("Write the address like this: name@example.org.")},
    )

    field_order = ["words", "known_from", "email"]

    def __init__(self, data=None):
        super().__init__(data, label_suffix="")


@csrf_exempt  # nobody is signed in here: a browser brings nothing along that could be misused
@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request):
    page = page_subjects.find(request.GET.get("about", ""))
    if page is None:
        raise Http404
    form = SuggestionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (form.is_from_a_machine or (form.is_valid() and _take_in(request, page, form))):
        path = urlencode({"about": page.path})
        return _private(HttpResponseRedirect(f"{reverse('suggest:thanks')}?{path}"))
    context = {"title": _("Tell us what is wrong"), "page": page, "form": form}
    return _private(render(request, "suggest/suggest.html", context))


def _take_in(request, page, form):
    """Counts first, and says so where there were too many; what was typed stays on the page."""
    network = network_of(request)
    label = f"{page.thing._meta.label_lower} {page.thing.pk}" if page.thing is not None else page.path
    is_allowed = [
        limits.allows("suggest in an hour", network, most=5, seconds=_AN_HOUR),
        limits.allows("suggest in a day", network, most=20, seconds=_A_DAY),
        limits.allows("suggest about", label, most=60, seconds=_AN_HOUR),
    ]
    if not all(is_allowed):
        form.add_error(None, _TOO_MANY)
        return False
    given = {name: form.cleaned_data[name] for name in ("words", "known_from", "email")}
    suggestions.take_in(page, **given)
    return True


@require_safe
def thanks(request):
    page = page_subjects.find(request.GET.get("about", ""))
    return _private(render(request, "suggest/thanks.html", {"title": _("Thank you"), "page": page}))


def _private(response):
    """Nobody learns from where a reader goes next what they read; the rest is the rule of all private addresses."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
