from django.apps import AppConfig


class CityConfig(AppConfig):
    name = "city"
    verbose_name = "Derby: facts and standing pages"
