from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class DerbycityConfig(AppConfig):
    name = "derbycity"
    verbose_name = "The portal"


class AdminConfig(DjangoAdminConfig):
    default_site = "derbycity.admin.Site"
