"""What readers suggest, for staff: the queue, oldest first, and one page on which each is answered.

Whose rights are limited sees those about what they were given, and nobody changes a reader's words.
"""

from django import forms
from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.views.decorators.http import require_POST, require_safe

from cms.backoffice.base_admin import BaseAdmin, ReadOnlyMixin
from cms.backoffice.object_permissions import is_limited
from cms.lib.admin_urls import admin_url
from cms.publishing import page_subjects, suggestions
from cms.publishing.models import Suggestion

COUNCIL = "Derby City Council"


class SuggestionAnswerForm(forms.Form):
    words = forms.CharField(
        label="Your answer",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="In the council’s name. If you change the page, do that first, and say what you changed.",
    )


class AnsweredFilter(admin.SimpleListFilter):
    title = "whether it is answered"
    parameter_name = "answered"

    def lookups(self, request, model_admin):
        return [("no", "It waits"), ("yes", "It is answered")]

    def queryset(self, request, queryset):
        if self.value() == "no":
            return queryset.waiting()
        return queryset.exclude(answered_at=None) if self.value() == "yes" else queryset


@admin.register(Suggestion)
class SuggestionAdmin(ReadOnlyMixin, BaseAdmin):
    list_display = ["title", "words_shown", "at", "state_shown"]
    list_filter = [AnsweredFilter]
    list_select_related = ["content_type"]
    search_fields = ["title", "words"]
    search_help_text = "Searches the names of pages, and what was suggested."
    ordering = ["at", "pk"]
    actions = None

    def get_queryset(self, request):
        """Those about what this person may look at; if their rights are limited, about what they look after."""
        return super().get_queryset(request).filter(_within_reach(request.user))

    def get_urls(self):
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/change/", view(require_safe(self.read)), name="cms_suggestion_change"),
            path("<int:pk>/answer/", view(require_POST(self.answer)), name="cms_suggestion_answer"),
        ]
        return own + [url for url in super().get_urls() if url.name == "cms_suggestion_changelist"]

    @admin.display(description="What should be different")
    def words_shown(self, suggestion):
        return Truncator(suggestion.words).words(25)

    @admin.display(description="State", ordering="answered_at")
    def state_shown(self, suggestion):
        look, words = ("approve", "Answered") if suggestion.answered_at else ("waiting", "Waits")
        return format_html('<span class="state state--{}">{}</span>', look, words)

    def _found(self, request, pk) -> Suggestion:
        found = self.get_queryset(request).select_related("content_type", "answered_by")
        suggestion = found.filter(pk=min(pk, 2**63 - 1)).first()
        if suggestion is None or not self.has_view_permission(request, suggestion):
            raise Http404
        return suggestion

    def read(self, request, pk):
        return self._page(request, self._found(request, pk), SuggestionAnswerForm(label_suffix=""))

    def _page(self, request, suggestion, form):
        thing = suggestion.thing
        context = self.admin_site.each_context(request) | {
            "title": f"Suggestion about {suggestion.title}",
            "suggestion": suggestion,
            "thing": thing,
            "thing_url": admin_url(thing) if thing is not None else suggestion.path,
            "kind": suggestion.content_type.name if suggestion.content_type else "page",
            "may_answer": suggestion.answered_at is None and request.user.has_perm("cms.answer_suggestion"),
            "form": form,
            "next_one": self.get_queryset(request).waiting().exclude(pk=suggestion.pk).first(),
        }
        return render(request, "admin/cms/suggestion/read.html", context)

    def answer(self, request, pk):
        suggestion = self._found(request, pk)
        if not request.user.has_perm("cms.answer_suggestion"):
            raise PermissionDenied
        form = SuggestionAnswerForm(request.POST, label_suffix="")
        if not form.is_valid():
            return self._page(request, suggestion, form)
        try:
            suggestions.answer(suggestion, by=request.user, words=form.cleaned_data["words"], in_name_of=COUNCIL)
        except suggestions.Answered:
            messages.warning(request, "Nothing was done: it was answered while you wrote. Read the answer below.")
        except ValidationError as error:
            form.add_error("words", error)
            return self._page(request, suggestion, form)
        else:
            told = " The reader gets your words by mail." if suggestion.email else " The reader left no address."
            messages.success(request, f"It is answered.{told}")
        return HttpResponseRedirect(reverse("admin:cms_suggestion_change", args=[suggestion.pk]))


def _within_reach(person) -> Q:
    """A page that is no single thing was given to nobody, so it is for those whose rights are not limited."""
    rule = Q(pk=None) if is_limited(person) else Q(content_type=None)
    known = page_subjects.kinds()
    types = ContentType.objects.get_for_models(*(kind.model for kind in known))
    for kind in known:
        rule |= Q(kind.seen_by(person), content_type=types[kind.model])
    return rule
