"""That somebody asked for links to their stories. A row lives for the seconds until its job has run, whether we know
the address or not: so the page that takes it does the same in both cases."""

from django.db import models


class LinkAsked(models.Model):
    email = models.EmailField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return "Somebody asked for links to their stories"
