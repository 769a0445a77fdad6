"""What staff do to many things at once."""

from django.contrib.admin.options import BaseModelAdmin


class BulkMixin(BaseModelAdmin):
    pass
