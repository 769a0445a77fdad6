from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = "Changes, pictures and upkeep"

    def ready(self):
        """Every app says in its `readiness_checks.py` what must be there before the portal opens, and in its `kinds.py`
        what can be edited and how."""
        from cms.outbox import contact
        from cms.readiness import registry
        from cms.site_settings.models import SiteSettings
        from cms.text import text_constraints

        contact.register(lambda: SiteSettings.load().contact_email)
        autodiscover_modules("readiness_checks", "kinds")
        checks.register(registry.warn, deploy=True)
        post_migrate.connect(text_constraints.after_migrate, sender=self)
