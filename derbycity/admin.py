"""The admin's first page says what needs somebody today; its lists come in the order of staff's work."""

from functools import update_wrapper

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import BadRequest
from django.forms import EmailInput

from derbycity.needs import needs_of

APPS = ("programmes", "partners", "city", "editorial", "accounts")
MODELS = (
    "Programme", "Audience", "Partner", "Page", "Theme", "PriorityArea", "Ward", "Source", "Proposal", "Image",
    "Notice", "MovedAddress", "DeadLink", "AuditEvent", "Mail", "Job", "User", "Group",
)  # fmt: skip
MOVES_TO = {"auth": "accounts"}  # groups stand under the heading of people


class LoginForm(AdminAuthenticationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].widget = EmailInput(attrs={"autofocus": True, "autocomplete": "username"})


class Site(admin.AdminSite):
    site_header = "Derby, a learning city"
    site_title = "Derby, a learning city: staff"
    index_title = "What needs you today"
    enable_nav_sidebar = False
    empty_value_display = "None"
    login_form = LoginForm
    password_change_template = "admin/password.html"  # noqa: S105 - a file, not a password

    def admin_view(self, view, cacheable=False):
        """Refuses the one letter that no address of ours holds and that PostgreSQL cannot store."""
        inner = super().admin_view(view, cacheable)

        def guarded(request, *args, **kwargs):
            if any("\0" in text for name, texts in request.GET.lists() for text in (name, *texts)):
                raise BadRequest("a null byte in the address")
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    def get_app_list(self, request, app_label=None):
        found = {app["app_label"]: app for app in super().get_app_list(request, app_label)}
        for label, target in MOVES_TO.items():
            if app_label is None and label in found and target in found:
                found[target]["models"] += found.pop(label)["models"]
        for app in found.values():
            app["models"].sort(key=lambda model: _place(MODELS, model["object_name"]))
        return sorted(found.values(), key=lambda app: _place(APPS, app["app_label"]))

    def index(self, request, extra_context=None):
        return super().index(request, {"needs": needs_of(request, self)} | (extra_context or {}))


def _place(order, name):
    return order.index(name) if name in order else len(order)
