"""What readers suggest, and what the partner answers them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cms.publishing import suggestions as suggesting
from partners import permissions
from partners.desk.page_forms import AnswerForm
from partners.desk.partner_access import at_desk, frame
from partners.page_editing import reader_suggestions

A_PAGE = 20


@require_safe
@at_desk("answer")
def suggestions(request, partner):
    """Those that wait first, the oldest of them on top."""
    found = reader_suggestions.about(partner).order_by(F("answered_at").desc(nulls_first=True), "at", "pk")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = frame(request, "suggestions", title="Suggestions", suggestions=list(page.object_list), page=page)
    return render(request, "desk/suggestions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("answer")
def suggestion(request, partner, suggestion):
    """Somebody else's is not found."""
    found = get_object_or_404(reader_suggestions.about(partner), pk=min(suggestion, 2**63 - 1))
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            suggesting.answer(
                found,
                by=request.user,
                by_words=permissions.words_of(request.user, partner),
                words=form.cleaned_data["words"],
                in_name_of=str(partner),
            )
        except suggesting.Answered:
            found.refresh_from_db()
            form.add_error(None, f"{found.answered_for} has answered it meanwhile. Nothing of yours was sent.")
        else:
            words = "Answered, and on its way by mail." if found.email else "Answered. The reader left no address."
            messages.success(request, words)
            return redirect("desk:suggestions", partner.slug)
    context = frame(request, "suggestions", title=f"About {found.title}", suggestion=found, form=form)
    return render(request, "desk/suggestion.html", context)
