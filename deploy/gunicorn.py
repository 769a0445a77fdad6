"""How gunicorn serves the portal, on a developer's machine and in production.

Behind a buffering proxy a slow reader costs the proxy a buffer, not the portal a thread. Threads, because whoever waits
for something (a database that says nothing, a picture) must not hold up files, health and pages in memory; and because
a browser that comes straight to us opens connections ahead of need. Each wait has a bound of its own (decision 12).
"""

import os
import signal
from urllib.parse import quote

from gunicorn.glogging import Logger


class AccessLogger(Logger):
    """A path is written with percent signs, as it was sent: a line end in it forges no line of the log."""

    def atoms(self, resp, req, environ, request_time):
        path = environ.get("PATH_INFO", "").encode("latin-1", "replace")
        return super().atoms(resp, req, environ, request_time) | {"U": quote(path, safe="/~:@!$&'()*+,;=-._")}


logger_class = AccessLogger

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 30  # seconds after which a worker that is stuck as a whole is replaced
graceful_timeout = 20
max_requests = 20_000  # replaced after that many, so that a small leak stays small
max_requests_jitter = 2_000
limit_request_line = 4094
# Only the addresses in FORWARDED_ALLOW_IPS (which gunicorn reads itself) may say that a reader came by https, and only
# with this one header, which our proxy always overwrites. gunicorn would take two more that a reader could send.
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
forwarder_headers = ""  # no proxy of ours sets the path of a request
# No address of a reader and no query string is written: nothing personal belongs in a log.
accesslog = "-" if os.environ.get("ACCESS_LOG") == "1" else None
access_log_format = '%(t)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'
control_socket_disable = True


def post_worker_init(worker):
    """A second signal during a threaded worker's shutdown would make it wait for a lock that it holds itself, for ever:
    Ctrl-C in a terminal and the arbiter's own word come a moment apart. Only the first one counts.
    """

    def quit_once(number, frame):
        for each in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        worker.handle_quit(number, frame)

    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, quit_once)
