"""Lets staff keep a change beside the live page, instead of on it."""

from django.contrib.admin.options import BaseModelAdmin


class ProposalsMixin(BaseModelAdmin):
    pass
