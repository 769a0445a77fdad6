"""Asks the server in this container whether it lives; the image's HEALTHCHECK, because the image has no curl.

It asks by the site's own name: the portal answers to no other, and need not learn to.
"""

import http.client
import os
import sys
from urllib.parse import urlsplit

host = urlsplit(os.environ["SITE_URL"]).netloc
connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
connection.request("GET", "/health/live", headers={"Host": host})
sys.exit(connection.getresponse().status != 200)
