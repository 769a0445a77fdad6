"""What people ask the site team, for staff: the queue, oldest first, and one page on which each is answered.

Staff whose rights are limited to what they were given find none: an enquiry is about nothing they could be given.
"""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.views.decorators.http import require_POST, require_safe

from cms.backoffice.base_admin import BaseAdmin, ReadOnlyMixin
from cms.backoffice.object_permissions import is_limited
from cms.enquiries import enquiries
from cms.enquiries.models import Enquiry


class ReplyForm(forms.Form):
    text = forms.CharField(
        label="Your answer",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="What you send goes out as you write it, with their own words below it. A note stays with us.",
        error_messages={"required": "Write what you answer."},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class WaitingFilter(admin.SimpleListFilter):
    title = "whether it is answered"
    parameter_name = "answered"

    def lookups(self, request, model_admin):
        return [("no", "It waits"), ("yes", "It is answered or closed")]

    def queryset(self, request, queryset):
        if self.value() == "no":
            return queryset.waiting()
        return queryset.exclude(closed_at=None) if self.value() == "yes" else queryset


@admin.register(Enquiry)
class EnquiryAdmin(ReadOnlyMixin, BaseAdmin):
    list_display = ["__str__", "topic", "message_shown", "created_at", "state_shown"]
    list_filter = [WaitingFilter, "topic"]
    search_fields = ["message", "email"]
    search_help_text = "Searches what people wrote, and their addresses."
    ordering = ["created_at", "pk"]
    actions = None

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and not is_limited(request.user)

    def get_urls(self):
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/change/", view(require_safe(self.read)), name="cms_enquiry_change"),
            path("<int:pk>/reply/", view(require_POST(self.reply)), name="cms_enquiry_reply"),
        ]
        return own + [url for url in super().get_urls() if url.name == "cms_enquiry_changelist"]

    @admin.display(description="What they wrote")
    def message_shown(self, enquiry):
        return Truncator(enquiry.message).words(25)

    @admin.display(description="State", ordering="closed_at")
    def state_shown(self, enquiry):
        look, label = ("approve", "Answered") if enquiry.closed_at else ("waiting", "Waits")
        return format_html('<span class="state state--{}">{}</span>', look, label)

    def may_answer(self, request) -> bool:
        return request.user.has_perm("cms.answer_enquiry") and not is_limited(request.user)

    def _found(self, request, pk) -> Enquiry:
        enquiry = Enquiry.objects.filter(pk=min(pk, 2**63 - 1)).first()
        if enquiry is None or not self.has_view_permission(request, enquiry):
            raise Http404
        return enquiry

    def read(self, request, pk):
        return self._page(request, self._found(request, pk))

    def _page(self, request, enquiry, form=None):
        replies = list(enquiry.replies.select_related("by"))
        context = self.admin_site.each_context(request) | {
            "title": str(enquiry),
            "enquiry": enquiry,
            "replies": replies,
            "may_answer": self.may_answer(request),
            "form": form or ReplyForm(initial={"seen": len(replies)}, label_suffix=""),
            "next_one": Enquiry.objects.waiting().exclude(pk=enquiry.pk).first(),
        }
        return render(request, "admin/cms/enquiry/read.html", context)

    def reply(self, request, pk):
        enquiry = self._found(request, pk)
        if not self.may_answer(request):
            raise PermissionDenied
        form = ReplyForm(request.POST, label_suffix="")
        if form.is_valid() and self._reply(request, enquiry, form):
            return HttpResponseRedirect(reverse("admin:cms_enquiry_change", args=[enquiry.pk]))
        return self._page(request, enquiry, form)

    def _reply(self, request, enquiry, form) -> bool:
        """Whether it was done; if not, the form says why and holds what was typed."""
        send = request.POST.get("how") == "send"
        text, seen = form.cleaned_data["text"], form.cleaned_data["seen"]
        try:
            enquiries.reply(enquiry, by=request.user, text=text, seen=seen, send=send)
        except enquiries.ChangedMeanwhile:
            form.data = form.data.copy()
            form.data["seen"] = enquiry.replies.count()
            form.add_error(
                None,
                "Nothing was sent: a colleague replied while you wrote. Read it below. If yours is still needed, "
                "press the button again.",
            )
            return False
        except ValidationError as error:
            form.add_error("text", error)
            return False
        messages.success(request, "Your answer is on its way by email." if send else "It is closed. Nothing was sent.")
        return True
