"""The contact page and its form, “Ask the site team”. No account, no cookie, nobody else's help against robots.

The form holds a signed time (cms/requests/spam_guard.py), so nobody keeps the page. Search engines may find it.
"""

from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.authentication.networks import network_of
from city.forms import EnquiryForm
from city.models import Page
from city.views import context_of
from cms import limits
from cms.enquiries import enquiries
from cms.page_cache.middleware import indexable

_AN_HOUR, _A_DAY = 3600, 24 * 3600
_TOO_MANY = _(
    "We have had many questions from here today, so we cannot take this one now. Please keep your words and try again "
    "in an hour or tomorrow."
)


@indexable
@csrf_exempt  # nobody is signed in here: a browser brings nothing along that could be misused
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request):
    page = get_object_or_404(Page.objects.published(), slug=Page.CONTACT)
    if request.method != "POST":
        form = EnquiryForm(topic=request.GET.get("topic", ""))
    else:
        form = EnquiryForm(request.POST)
        if form.is_from_a_machine or (form.is_valid() and _take_in(request, form)):
            return HttpResponseRedirect(reverse("city:contact_thanks"))
    return render(request, "city/contact.html", context_of(page) | {"form": form})


def _take_in(request, form) -> bool:
    """Counts first, and says so where there were too many; what was typed stays on the page."""
    network = network_of(request)
    is_allowed = [
        limits.allows("enquiry in an hour", network, most=5, seconds=_AN_HOUR),
        limits.allows("enquiry in a day", network, most=20, seconds=_A_DAY),
        limits.allows("enquiries", "from anybody", most=300, seconds=_AN_HOUR),
    ]
    if not all(is_allowed):
        form.add_error(None, _TOO_MANY)
        return False
    enquiries.take_in(**{name: form.cleaned_data[name] for name in ("topic", "message", "email")})
    return True


@require_safe
def thanks(request):
    return render(request, "city/contact_thanks.html")
