"""The admin's first page says what needs somebody today; its lists come in the order of staff's work."""

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from cms.backoffice import readiness_pages
from derbycity.dashboard import needs_of
from partners.staff import status_columns

APPS = ("stories", "news", "programmes", "partners", "city", "cms", "accounts")
MODELS = (
    "Story", "Report", "Call", "Thread", "CannedReply", "ConsentVersion", "Erasure",
    "NewsItem", "Programme", "Audience", "Partner", "JoinRequest", "Page", "Theme", "PriorityArea", "Ward", "Source",
    "Proposal", "Suggestion", "Enquiry", "Image", "SiteSettings", "Notice", "MovedAddress", "DeadLink", "AuditEvent",
    "Mail", "Job", "User", "Group",
)  # fmt: skip
MOVES_TO = {"auth": "accounts"}  # groups stand under the heading of people


class Site(admin.AdminSite):
    site_header = "Derby, a learning city"
    site_title = "Derby, a learning city: staff"
    index_title = "What needs you today"
    enable_nav_sidebar = False
    empty_value_display = "None"

    def login(self, request, extra_context=None):
        """There is one way in for everybody (accounts/). Who is in and no staff is told so, and not sent round."""
        if request.user.is_authenticated and request.user.is_active:
            if not self.has_permission(request):
                raise PermissionDenied
            return HttpResponseRedirect(reverse("admin:index"))
        next_page = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: next_page})}")

    def logout(self, request, extra_context=None):
        return HttpResponseRedirect(reverse("account_logout"))

    def password_change(self, request, extra_context=None):
        return HttpResponseRedirect(reverse("account_change_password"))

    def get_urls(self):
        return [*readiness_pages.urls(self), *super().get_urls()]

    def get_app_list(self, request, app_label=None):
        found = {app["app_label"]: app for app in super().get_app_list(request, app_label)}
        for label, target in MOVES_TO.items():
            if app_label is None and label in found and target in found:
                found[target]["models"] += found.pop(label)["models"]
        for app in found.values():
            app["models"].sort(key=lambda model: _place(MODELS, model["object_name"]))
        return sorted(found.values(), key=lambda app: _place(APPS, app["app_label"]))

    def index(self, request, extra_context=None):
        context = {
            "needs": needs_of(request, self),
            "may_see_states": status_columns.may_see(request),
            "readiness": readiness_pages.progress(request.user),
        }
        return super().index(request, context | (extra_context or {}))


def _place(order, name):
    return order.index(name) if name in order else len(order)
