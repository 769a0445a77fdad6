"""Reads the settings of the site once a request."""

from cms.site_settings import models


class SettingsOnce:
    """Within one request `SiteSettings.load()` asks the database once."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = models.begin_request()
        try:
            return self.get_response(request)
        finally:
            models.end_request(token)
