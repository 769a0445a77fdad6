"""The wording of consent, for staff: the next version is written beside the one in use, and then put to use.

What tellers have seen stays as it is.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from cms.backoffice.base_admin import BaseAdmin
from cms.requests import reauthentication
from stories.consent import consent_versions
from stories.models import Consent, ConsentVersion, WordingLine

BODIES_CHANGED = (
    "Who may use a story was changed under “About this site” since this version was begun. It holds the new names now. "
    "Read it again, then put it to use."
)


class LineInline(admin.StackedInline):
    """The five lines of it: none comes, none goes."""

    model = WordingLine
    extra = 0
    max_num = 0
    can_delete = False
    fields = ["words", "hint", "words_for_children", "hint_for_children", "bodies"]
    readonly_fields = ["bodies"]
    verbose_name_plural = "what stands beside each box"

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("stories.view_consentversion")

    def has_change_permission(self, request, obj=None):
        return _is_being_written(obj) and request.user.has_perm("stories.change_consentversion")

    def has_add_permission(self, request, obj=None):
        return False


class UseForm(forms.Form):
    meaning = forms.ChoiceField(
        label="Does it mean something else?",
        choices=[
            ("same", "No: the words became clearer, and nothing else. Nobody is asked."),
            (
                "other",
                "Yes: all tellers are asked again, by one mail each. What they agreed to holds until they answer.",
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it means something else."},
    )
    what_changed = forms.CharField(
        label="What has changed?",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="If it means something else: two or three plain sentences, which tellers read in their mail.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


@admin.register(ConsentVersion)
class ConsentVersionAdmin(BaseAdmin):
    fields = ["licence", "licence_for_children"]
    list_display = ["version", "state_shown", "used_since", "meant_something_else", "by"]
    list_select_related = ["by"]
    empty_value_display = "–"
    ordering = ["-number"]
    inlines = [LineInline]
    actions = None

    def get_urls(self):
        view = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.put_to_use))
        approve = self.admin_site.admin_view(require_POST(self.approve))
        return [
            path("<int:pk>/use/", view, name="stories_consentversion_use"),
            path("<int:pk>/approve/", approve, name="stories_consentversion_approve"),
            *super().get_urls(),
        ]

    @admin.display(description="Version", ordering="number")
    def version(self, wording):
        return str(wording)

    @admin.display(description="State")
    def state_shown(self, wording):
        if wording.used_since is None:
            return format_html('<span class="state state--waiting">{}</span>', "Being written")
        is_current = not ConsentVersion.objects.filter(used_since__isnull=False, number__gt=wording.number).exists()
        look, words = ("public", "In use") if is_current else ("down", "Replaced")
        return format_html('<span class="state state--{}">{}</span>', look, words)

    @admin.display(description="Meant something else")
    def meant_something_else(self, wording):
        if wording.used_since is None or wording.number == 1:
            return ""
        return "Yes: tellers were asked" if wording.is_material else "No"

    def get_fields(self, request, obj=None):
        return [*self.fields, *([] if _is_being_written(obj) else ["what_changed"])]

    def has_change_permission(self, request, obj=None):
        return _is_being_written(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def add_view(self, request, form_url="", extra_context=None):
        """The next version begins as a copy of the one in use; there is one at a time."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            context = self._context(request, "Begin the next version?")
            return render(request, "admin/stories/wording_begin.html", context)
        wording = consent_versions.draft_of_next(by=request.user)
        return HttpResponseRedirect(self._address("change", wording))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["use_url"] = self._address("use", obj) if self._may_use(request, obj) else ""
        context["approve_url"] = self._address("approve", obj) if self._may_approve(request, obj) else ""
        context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def _may_use(self, request, wording) -> bool:
        return wording is not None and wording.used_since is None and request.user.has_perm(consent_versions.PUBLISH)

    def _may_approve(self, request, wording) -> bool:
        may = wording is not None and request.user.has_perm(consent_versions.PUBLISH)
        return may and consent_versions.unapproved().filter(pk=wording.pk).exists()

    def approve(self, request, pk):
        """That somebody read the version that came with the software, and answers for it."""
        wording = ConsentVersion.objects.filter(pk=min(pk, 2**63 - 1)).first()
        if wording is None:
            raise Http404
        reauthentication.ask_again(request)
        if self._may_approve(request, wording):
            consent_versions.approve(wording, by=request.user)
            messages.success(request, f"{wording} is approved. The record says by whom.")
        elif not request.user.has_perm(consent_versions.PUBLISH):
            raise PermissionDenied
        else:
            messages.warning(request, f"{wording} is approved already, or not in use.")
        return HttpResponseRedirect(self._address("change", wording))

    def put_to_use(self, request, pk):
        wording = ConsentVersion.objects.filter(pk=min(pk, 2**63 - 1)).first()
        if wording is None:
            raise Http404
        if not request.user.has_perm(consent_versions.PUBLISH):
            raise PermissionDenied
        reauthentication.ask_again(request)
        if wording.used_since is not None:
            messages.warning(request, f"{wording} is in use already.")
            return HttpResponseRedirect(self._address("change", wording))
        form = UseForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid() and self._is_put_to_use(request, wording, form):
            return HttpResponseRedirect(self._address("change", wording))
        context = self._context(request, f"Put {str(wording).lower()} to use") | {
            "wording": wording,
            "now": ConsentVersion.objects.current(),
            "lines": wording.lines.all(),
            "form": form,
            "tellers": Consent.objects.values("story").distinct().count(),
            "back": self._address("change", wording),
        }
        return render(request, "admin/stories/wording_use.html", context)

    def _is_put_to_use(self, request, wording, form) -> bool:
        is_material = form.cleaned_data["meaning"] == "other"
        if consent_versions.take_over_bodies(wording):
            form.add_error(None, BODIES_CHANGED)
            return False
        try:
            used = consent_versions.put_to_use(
                wording, by=request.user, is_material=is_material, what_changed=form.cleaned_data["what_changed"]
            )
        except ValidationError as error:
            form.add_error(None, error)
            return False
        except consent_versions.InUse as error:
            messages.warning(request, str(error))
            return True
        words = "Tellers are asked by mail now." if is_material else "Nobody is asked."
        messages.success(request, f"{used} is what tellers read from now on. {words}")
        return True

    def _address(self, view: str, wording: Any) -> str:
        return reverse(f"{self.admin_site.name}:stories_consentversion_{view}", args=[wording.pk])

    def _context(self, request, title: str) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {"title": title, "opts": self.opts, "errors": []}


def _is_being_written(wording: ConsentVersion | None) -> bool:
    return wording is None or wording.used_since is None
