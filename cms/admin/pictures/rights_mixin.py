"""Who may change a picture, in the admin, and why not. The rule itself: cms/media/permissions.py."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect

from cms.admin.pictures.uses_text import in_a_row, named
from cms.backoffice.object_permissions import is_limited
from cms.media import permissions

_NOT_OWN = "Somebody else added this picture. You may change those that you added."
_ONLY_WHO_MAY_PUBLISH = "Only somebody who may publish all of it may change this picture."
_WAY_ON = "Add another picture instead, or ask an editor."


class PictureRights(BaseModelAdmin):
    _url: Callable[..., str]  # of PicturePages

    def _is_within_reach(self, request, image) -> bool:
        """Asked often for one page, so remembered as long as that is made."""
        if image is None:
            return True
        known = request.__dict__.setdefault("pictures_within_reach", {})
        if image.pk not in known:
            known[image.pk] = permissions.changeable(request.user).filter(pk=image.pk).exists()
        return known[image.pk]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._is_within_reach(request, obj)

    def has_delete_permission(self, request, obj=None):
        """One that any page shows stays, whoever asks."""
        if obj is not None and is_limited(request.user) and obj.uploaded_by_id != request.user.pk:
            return False
        return super().has_delete_permission(request, obj)

    def why_not(self, request, image) -> str:
        """What keeps somebody from changing a picture who may change others; nothing if they may."""
        if not super().has_change_permission(request, image) or self.has_change_permission(request, image):
            return ""
        if closed := permissions.closed_by(request.user, image):
            return f"{_told(closed, request)}: the public reads that, or will. {_ONLY_WHO_MAY_PUBLISH} {_WAY_ON}"
        return _NOT_OWN

    def refused(self, request, image) -> HttpResponse | None:
        """For a view that changes it: back to its form, which says why."""
        if self.has_change_permission(request, image):
            return None
        if not self.why_not(request, image):
            raise PermissionDenied
        typed = request.POST.get("alternative_text", "")
        messages.error(request, "Nothing is saved; see below why." + (f" You had typed: “{typed}”" if typed else ""))
        return HttpResponseRedirect(self._url("change", image.pk))

    def refused_for_words(self, request, image) -> HttpResponse | None:
        """What a page says of the old picture must be read again, by somebody who may change it."""
        beyond = permissions.words_beyond(request.user, image)
        if not beyond:
            return None
        pages = _told([use.page for use in beyond], request)
        words = f"Nothing is saved: {pages} says of this picture words of its own, which you may not change. {_WAY_ON}"
        messages.error(request, words)
        return HttpResponseRedirect(self._url("change", image.pk))


def _told(found: Any, request: Any) -> str:
    return in_a_row(words for words, _ in named(found, request.user))
