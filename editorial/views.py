from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from editorial.models import Image


@require_safe
def image(request, key, size):
    """A picture that something published shows; before that, only staff see it.

    The user is looked at only for pictures nobody may see yet, so public ones stay free of cookies and cacheable.
    """
    picture = get_object_or_404(Image, key=key)
    if size not in ("master", "preview"):
        raise Http404
    is_public = picture.is_public()
    if not is_public and not (request.user.is_staff and request.user.is_active):
        raise Http404
    try:
        file = getattr(picture, size).open()
    except FileNotFoundError:  # the database was restored without its pictures
        raise Http404 from None
    response = FileResponse(file, content_type="image/jpeg")
    response.headers["Cache-Control"] = "public, max-age=60" if is_public else "no-store"
    return response
