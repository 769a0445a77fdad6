from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from cms.media import preview_access
from cms.media.models import Image
from cms.page_cache.middleware import public_page
from cms.requests import reauthentication

# Seconds a cache may show a picture without asking again: one that is taken down is gone within a minute. Asking again
# costs no picture, because its ETag is its version.
PUBLIC_AGE = 60


@public_page(query={"key"}, is_kept=False)
@require_safe
def image(request, key, version, name):
    """A picture that something published shows; before that, only those who may see it.

    The user is looked at only for pictures nobody may see yet, so public ones stay free of cookies and cacheable. The
    version in the address is for caches: whatever it says, the answer is the picture as it is now.
    """
    picture = get_object_or_404(Image, key=key)
    is_public = picture.is_public()
    if not is_public:
        if not _may_see(request, picture):
            raise Http404
        response = opened(picture, name)
        response.headers["Cache-Control"] = "no-store"
        return response
    etag = f'"{picture.key.hex}-{picture.version}-{name}"'
    response = get_conditional_response(request, etag=etag) or opened(picture, name)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"public, max-age={PUBLIC_AGE}, must-revalidate"
    return response


def _may_see(request, picture) -> bool:
    """Staff with the right to look at pictures, who have shown a second factor; and whoever has the key of a preview
    that shows it."""
    user, key = request.user, request.GET.get("key", "")
    if user.is_staff and user.has_perm("cms.view_image"):
        return reauthentication.has_shown_factor(request)
    return bool(key) and preview_access.is_shown_by(key, picture)


def opened(picture, name):
    """One of its files, of a Sized that may be seen; or not found."""
    if name in ("master.jpg", "preview.jpg"):
        file = getattr(picture, name.removesuffix(".jpg"))
    else:
        file = get_object_or_404(picture.renditions, name=name.replace("\0", "")).file
    kind = "image/avif" if name.endswith(".avif") else "image/jpeg"
    try:
        return FileResponse(file.open(), content_type=kind)
    except FileNotFoundError:  # the database was restored without its pictures
        raise Http404 from None
