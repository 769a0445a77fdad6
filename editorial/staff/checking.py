"""Shows beside the form what a reader would stumble over, before it is published."""

from django.contrib.admin.options import BaseModelAdmin


class ChecksMixin(BaseModelAdmin):
    pass
