"""What a manager sees who follows the link in a mail: the page in short, and one button. No sign-in, no cookie."""

from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms.access_links import token_links
from partners.models import Partner
from partners.page_editing import review_emails


@csrf_exempt  # the key in the address is the only right there is: a browser brings nothing along that could be misused
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request):
    text = request.GET.get("key", "")
    found = review_emails.found_by_link(text)
    if found is None:
        return _private(
            render(request, "still_right/ended.html", {"title": "This link does not open any more"}, status=404)
        )
    problems = []
    if request.method == "POST":
        try:
            review_emails.confirm_by_link(text)
        except token_links.Spent:
            return _private(redirect("still_right:ask"))
        except ValidationError as error:
            problems = error.messages
        else:
            return _private(redirect("still_right:thanks"))
    partner = Partner.objects.for_page().get(pk=found[1].pk)
    body = mark_safe(partner.body)  # noqa: S308 - cleaned when it was saved
    context = {"title": "Is this still right?", "partner": partner, "body": body, "key": text, "problems": problems}
    return _private(render(request, "still_right/ask.html", context))


@require_safe
def thanks(request):
    return _private(render(request, "still_right/thanks.html", {"title": "Thank you"}))


def _private(response):
    """Nobody learns its address from where a reader goes next; that nobody keeps or finds it is the rule of all private
    addresses (derbycity/responses/middleware.py)."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
