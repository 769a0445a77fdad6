"""Staff's side of a preview link: making one, seeing what was answered, ending it."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse

from cms.lib.admin_urls import admin_url
from cms.lib.queries import number
from cms.publishing.models import Publishable
from cms.revisions import preview_links
from cms.revisions.models import PreviewLink


class ShareForm(forms.Form):
    for_whom = forms.CharField(
        label="Who is it for?", max_length=120, help_text="For example “Anna at the museum”. Only staff see this."
    )
    days = forms.IntegerField(
        label="For how many days?", min_value=1, max_value=preview_links.MOST_DAYS, initial=preview_links.DAYS
    )


def share_page(admin_site, request, thing, *, proposal, back: str):
    """Makes and lists the links to a draft, or to a proposal. The caller has asked whether this person may."""
    links = PreviewLink.objects.filter(proposal=proposal) if proposal else _of_thing(thing)
    if "revoke" in request.POST:
        key = request.POST["revoke"]
        link = links.filter(pk=number(key) or 0).first()
        if link is None:
            raise Http404
        preview_links.revoke(link, by=request.user)
        messages.success(request, f"The link for {link.for_whom} does not open any more.")
        return HttpResponseRedirect(request.path)
    form = ShareForm(request.POST if request.method == "POST" else None, label_suffix="")
    key = ""
    if form.is_valid():
        key, _ = preview_links.make(thing, proposal=proposal, by=request.user, **form.cleaned_data)
        form = ShareForm(label_suffix="")
    context = admin_site.each_context(request) | {
        "title": f"Let somebody else look at “{thing}”",
        "thing": thing,
        "back": back,
        "form": form,
        "made": f"{settings.SITE_URL}{reverse('preview:shared')}?key={key}" if key else "",
        "links": links.select_related("by").prefetch_related("answers"),
    }
    response = render(request, "admin/share.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _of_thing(thing):
    return PreviewLink.objects.filter(
        content_type__app_label=thing._meta.app_label,
        content_type__model=thing._meta.model_name,
        object_id=thing.pk,
        proposal=None,
    )


class SharingMixin(BaseModelAdmin):
    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_share"
        return [path("<int:pk>/share/", self.admin_site.admin_view(self.share), name=name), *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """A draft is shown to others as it is saved; what stands beside a live page has links of its own."""
        if change and obj.status == Publishable.Status.DRAFT and self.has_change_permission(request, obj):
            context["share_url"] = admin_url(obj, "share")
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def share(self, request, pk):
        thing = self.get_queryset(request).filter(pk=pk).first() if pk < 2**63 else None
        if thing is None:
            raise Http404
        if not self.has_change_permission(request, thing):
            raise PermissionDenied
        return share_page(self.admin_site, request, thing, proposal=None, back=admin_url(thing))
