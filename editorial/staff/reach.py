"""Who may do what to a single thing, in the admin: Django's permissions, and the one rule over objects.

docs/staff.md shows it as a table; tests/editorial/test_permissions.py tests it as one.
"""

from django.contrib.admin.options import BaseModelAdmin
from django.contrib.auth import get_permission_codename


class ReachMixin(BaseModelAdmin):
    """Somebody whose rights are limited sees what is public and what they were given, and works on what they were
    given. A thing they may not see is not found, whatever view asks for it."""

    def get_queryset(self, request):
        return super().get_queryset(request).readable_by(request.user)

    def _is_within_reach(self, request, thing) -> bool:
        if getattr(request, "is_the_portal", False):  # carries out what somebody with the right decided (publishing.py)
            return True
        if thing is None or not request.user.is_limited or request.user.is_superuser:
            return True
        return self.model._default_manager.within_reach_of(request.user).filter(pk=thing.pk).exists()

    def has_view_permission(self, request, obj=None):
        if not super().has_view_permission(request, obj):
            return False
        return obj is None or not request.user.is_limited or self._may_read(request, obj)

    def _may_read(self, request, thing):
        return self.model._default_manager.readable_by(request.user).filter(pk=thing.pk).exists()

    def has_add_permission(self, request):
        """A new thing is given to nobody, so who is limited cannot add one."""
        user = request.user
        return super().has_add_permission(request) and (not user.is_limited or user.is_superuser)

    def has_change_permission(self, request, obj=None):
        if getattr(request, "is_the_portal", False):
            return True
        return super().has_change_permission(request, obj) and self._is_within_reach(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._is_within_reach(request, obj)

    def has_publish_permission(self, request, obj=None) -> bool:
        """Whether they may decide what the public reads: publish, schedule, take down, and judge proposals."""
        if getattr(request, "is_the_portal", False):
            return True
        right = f"{self.opts.app_label}.{get_permission_codename('publish', self.opts)}"
        return request.user.has_perm(right) and self.has_change_permission(request, obj)
