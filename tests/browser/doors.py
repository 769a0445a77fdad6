"""Lets somebody in who has just shown a second factor: how they show it is for test_sign_in.py to try."""

from django.conf import settings

from tests import make


def come_in(page, person, to="/admin/"):
    page.goto("/robots.txt")  # so that the browser knows whose cookie it is
    key = make.signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": page.url}])
    page.goto(to)
