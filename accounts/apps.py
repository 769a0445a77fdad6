from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People and rights"

    def ready(self):
        """allauth says by signals what happened; what follows from it stands in event_receivers.py."""
        from accounts.authentication import event_receivers

        event_receivers.listen()
