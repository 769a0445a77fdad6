"""Sends readers of an old address to the new one."""

from django.http import HttpResponsePermanentRedirect

from editorial.models import MovedAddress


class MovedAddresses:
    """Looks only where a page was not found, so a page that exists costs nothing more."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        moved = MovedAddress.objects.filter(old_path=request.path[:300]).first()
        target = moved.target() if moved else ""
        if not target or target == request.path:
            return response
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{target}?{query}" if query else target)
