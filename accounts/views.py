"""A person's own pages that allauth does not have."""

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.logout import logout
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.authentication import confirm_views, factors
from accounts.authentication.forms import LeaveForm, NameForm
from accounts.my_account import close_account, devices
from accounts.my_account import data_export as own_data
from accounts.sessions import end_all
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.housekeeping import MAILS_KEPT_DAYS


@require_safe
@login_required
def home(request):
    person = request.user
    kinds = Authenticator.Type
    context = {
        "title": "Your account",
        "person": person,
        "memberships": person.memberships.current().select_related("partner").order_by("partner__name"),
        "has_password": person.has_usable_password(),
        "needs_second_factor": person.needs_second_factor(),
        "factors": Authenticator.objects.filter(user=person).aggregate(
            apps=Count("pk", filter=Q(type=kinds.TOTP)), passkeys=Count("pk", filter=Q(type=kinds.WEBAUTHN))
        ),
        "sessions": UserSession.objects.filter(user=person).count(),
    }
    return render(request, "accounts/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def name(request):
    form = NameForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        request.user.save(update_fields=["name"])
        messages.success(request, "Your name is saved.")
        return redirect("accounts:home")
    return render(request, "accounts/name.html", {"title": "Your name", "form": form})


@require_safe
@login_required
def sessions(request):
    found = UserSession.objects.purge_and_list(request.user)
    key = request.session.session_key
    rows = [
        {"session": each, "name": devices.named(each.user_agent), "is_this": each.session_key == key} for each in found
    ]
    rows.sort(key=lambda row: (not row["is_this"], -row["session"].last_seen_at.timestamp()))
    return render(request, "accounts/sessions.html", {"title": "Where you are signed in", "rows": rows})


@require_POST
@login_required
def end_session(request, pk):
    device = get_object_or_404(UserSession, pk=pk, user=request.user)
    if device.session_key == request.session.session_key:
        logout(request)
        return redirect("home")
    device.end()
    messages.success(request, f"Signed out: {devices.named(device.user_agent)}.")
    return redirect("accounts:sessions")


@require_POST
@login_required
def end_sessions(request):
    end_all(request.user, keeping=request)
    messages.success(request, "You are signed out everywhere but here.")
    return redirect("accounts:sessions")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required(app="accounts", enabled=lambda request: request.method == "POST")
def data(request):
    if request.method != "POST":
        return render(request, "accounts/data.html", {"title": "Your data"})
    audit_log.write(AuditEvent.Action.EXPORTED, by=request.user, by_words="themselves", note="Their own data")
    return JsonResponse(
        own_data.of(request.user),
        json_dumps_params={"indent": 2, "ensure_ascii": False},
        headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required(app="accounts")
def leave(request):
    form = LeaveForm(request.POST if request.method == "POST" else None)
    reasons = close_account.reasons_to_stay(request.user)
    if form.is_bound and form.is_valid() and not reasons:
        try:
            close_account.leave(request)
        except close_account.NeededStill as needed:
            reasons = needed.reasons
        else:
            messages.success(request, "Your account is deleted. Thank you for what you did here.")
            return redirect("account_login")
    context = {"title": "Delete your account", "form": form, "reasons": reasons, "mails_kept_days": MAILS_KEPT_DAYS}
    context["has_stories"] = request.user.is_authenticated and request.user.contributions.exists()
    return render(request, "accounts/leave.html", context)


urlpatterns = [
    path("", home, name="home"),
    path("name/", name, name="name"),
    path("sessions/", sessions, name="sessions"),
    path("sessions/end/", end_sessions, name="end_sessions"),
    path("sessions/<int:pk>/end/", end_session, name="end_session"),
    path("data/", data, name="data"),
    path("leave/", leave, name="leave"),
    path("confirm/", confirm_views.confirm, name="confirm"),
    *factors.urlpatterns,
]
