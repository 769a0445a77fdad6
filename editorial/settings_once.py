"""Reads the settings of the site once a request."""

from editorial.models import site_settings


class SettingsOnce:
    """Within one request `SiteSettings.load()` asks the database once."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = site_settings.begin_request()
        try:
            return self.get_response(request)
        finally:
            site_settings.end_request(token)
