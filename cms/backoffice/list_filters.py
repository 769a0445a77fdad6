"""What lists of published things tell and filter by."""

import datetime

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone

from cms.backoffice.object_permissions import hidden_from
from cms.publishing.models import Publishable
from cms.publishing.review_dates import overdue_since
from cms.publishing.states import STATES


class StateFilter(admin.SimpleListFilter):
    title = "what the public sees"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return list(STATES.items())

    def queryset(self, request, queryset):
        return queryset.filter(state=self.value()) if self.value() in STATES else queryset


class ReviewFilter(admin.SimpleListFilter):
    title = "when to check again"
    parameter_name = "review"

    def lookups(self, request, model_admin):
        return [
            ("due", "Now"),
            ("overdue", "Since 30 days or more"),
            ("soon", "Within 30 days"),
            ("later", "Later"),
            ("never", "No day is set"),
            ("unchecked", "Never checked by a person"),
        ]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        soon = today + datetime.timedelta(days=30)
        asked = {
            "due": Q(review_on__lte=today),
            "overdue": Q(review_on__lte=overdue_since()),
            "soon": Q(review_on__gt=today, review_on__lte=soon),
            "later": Q(review_on__gt=soon),
            "never": Q(review_on=None),
            "unchecked": Q(checked_on=None),
        }
        return queryset.filter(asked.get(self.value(), Q()))


class OwnerFilter(admin.SimpleListFilter):
    title = "who keeps it true"
    parameter_name = "kept_by"

    def lookups(self, request, model_admin):
        return [("me", "I do"), ("others", "Somebody else"), ("not_me", "Anybody but me"), ("nobody", "Nobody yet")]

    def queryset(self, request, queryset):
        if self.value() == "me":
            return queryset.filter(owner=request.user)
        if self.value() == "others":
            return queryset.exclude(owner=None).exclude(owner=request.user)
        if self.value() == "not_me":
            return queryset.filter(~Q(owner=request.user) | Q(owner=None))
        return queryset.unowned() if self.value() == "nobody" else queryset


class LinkFilter(admin.RelatedFieldListFilter):
    """By what things lead to; offers nothing that its reader may not see."""

    def field_choices(self, field, request, model_admin):
        hidden, label = hidden_from(request.user), field.related_model._meta.label_lower
        choices = super().field_choices(field, request, model_admin)
        return [(key, words) for key, words in choices if (label, key) not in hidden]


def _leads_to_a_page(field):
    return field.is_relation and issubclass(field.related_model, Publishable)


admin.FieldListFilter.register(_leads_to_a_page, LinkFilter, take_priority=True)
