"""Pages of second factors that say more than allauth's, or refuse more. Their addresses come before allauth's own."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import index as allauth_index
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from allauth.mfa.webauthn.views import remove_webauthn
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.safestring import mark_safe

from accounts.models import User


def _with(response: HttpResponseBase, **context: Any) -> HttpResponseBase:
    if isinstance(response, TemplateResponse):
        response.context_data = (response.context_data or {}) | context
    return response


@login_required
def index(request):
    return _with(allauth_index(request), needs_second_factor=request.user.needs_second_factor())


@login_required
def activate_app(request):
    """The picture stands in the page itself: one behind an address of its own could be kept or fetched by others."""
    response = activate_totp(request)
    if isinstance(response, TemplateResponse) and response.context_data:
        svg = response.context_data["totp_svg"].partition("?>")[2].strip()
        picture = svg.replace("<svg ", '<svg role="img" aria-label="QR code" ', 1)
        _with(response, picture=mark_safe(picture))  # noqa: S308 - drawn by qrcode, of numbers only
    return response


@login_required
@transaction.atomic
def remove_app(request):
    """The person is locked, so that two factors at once cannot go; allauth's form asks if this one may."""
    User.objects.select_for_update().get(pk=request.user.pk)
    response = deactivate_totp(request)
    return response.render() if isinstance(response, TemplateResponse) else response


@login_required
@transaction.atomic
def remove_passkey(request, pk):
    """Not the last factor of somebody whose work needs one."""
    User.objects.select_for_update().get(pk=request.user.pk)
    passkey = get_object_or_404(Authenticator, pk=pk, user=request.user, type=Authenticator.Type.WEBAUTHN)
    if not get_adapter().can_delete_authenticator(passkey):
        messages.error(request, get_adapter().error_messages["cannot_delete_authenticator"])
        return redirect("mfa_list_webauthn")
    return remove_webauthn(request, pk=pk)


urlpatterns = [
    path("second-factor/", index),
    path("second-factor/totp/activate/", activate_app),
    path("second-factor/totp/deactivate/", remove_app),
    path("second-factor/webauthn/keys/<int:pk>/remove/", remove_passkey),
]
