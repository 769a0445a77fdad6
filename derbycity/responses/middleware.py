"""Headers that hold for every answer, and the page behind an answer that has none."""

from functools import cached_property

from django.conf import settings
from django.urls import reverse

from derbycity.responses import csp, errors

_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope",
        "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip

_FRAMES = {"frame-src": ["'self'"]}


def policy(directives: dict[str, list[str]]) -> str:
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


class SecurityHeaders:
    """Constant Content-Security-Policies: the public one allows no script at all; the admin's allows its own, and so
    does that of the pages on which a passkey is made or shown, and that of a page that adds pictures to a story
    (stories/photos/photo_page.py says so of each answer).

    A preview is a public page, wherever it lies, that a page of ours may frame; the page around it holds that frame
    (cms/backoffice/publishable/preview_mixin.py). No other page frames or is framed.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.public = policy(settings.SECURE_CSP)
        self.framed = policy(settings.SECURE_CSP | {"frame-ancestors": ["'self'"]})
        self.public_with_frames = policy(settings.SECURE_CSP | _FRAMES)
        self.account = policy(settings.SECURE_CSP | settings.SECURE_CSP_ACCOUNT)
        self.telling = policy(settings.SECURE_CSP | settings.SECURE_CSP_TELLING)
        self.admin_path = reverse("admin:index")
        self.account_path = reverse("accounts:home")

    @cached_property
    def admin(self):
        return policy(csp.of_admin())

    @cached_property
    def admin_with_frames(self):
        return policy(csp.of_admin() | _FRAMES)

    def __call__(self, request):
        response = self.get_response(request)
        response.headers["Content-Security-Policy"] = self._policy_of(request, response)
        response.headers["Permissions-Policy"] = _PERMISSIONS
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cross-Origin-Embedder-Policy"] = "require-corp"
        return response

    def _policy_of(self, request, response) -> str:
        if getattr(response, "is_framed", False):
            return self.framed
        has_frames = getattr(response, "has_frames", False)
        if request.path.startswith(self.admin_path):
            return self.admin_with_frames if has_frames else self.admin
        if request.path.startswith(self.account_path):
            return self.account
        if getattr(response, "has_script", False):
            return self.telling
        return self.public_with_frames if has_frames else self.public


class ErrorPages:
    """Gives “method not allowed” the page that Django leaves empty."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            response.content = errors.page(405)
            response.headers["Content-Length"] = str(len(response.content))  # which was nothing before
            response.headers["Content-Type"] = "text/html; charset=utf-8"
        return response
