"""Where HTTP's standard (RFC 9110) says more than the parts we are built of do.

Accept-Encoding   `gzip;q=0` means “not gzip” (12.5.3). Read once, at the front: what compresses, what serves files
                  and what keeps pages then find only the codings that are wanted
HEAD              answers what GET would, without the content (9.3.2): the same ETag and Content-Length
Range             one byte is a range, too (14.1.2); what cannot be satisfied is kept by no cache
"""

import re
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import Response, SlicedFile, StaticFile

_CODING = re.compile(r"\s*([a-z*-]+)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?", re.IGNORECASE)
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


def wanted_codings(header: str) -> list[str]:
    """The codings that a reader takes, those liked most first. A coding with weight 0 is refused; `*` names none that
    we would have to use, and a part that cannot be read counts for nothing."""
    weights = {}
    for part in header.split(","):
        if found := _CODING.fullmatch(part):
            name = found[1].lower().removeprefix("x-")
            weights[name] = float(found[2] or 1)
    wanted = [name for name, weight in weights.items() if weight > 0 and name not in ("*", "identity")]
    return sorted(wanted, key=lambda name: -weights[name])


class AcceptEncoding:
    """Leaves of the header what is wanted. Stands before all that read it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if header := request.META.get("HTTP_ACCEPT_ENCODING"):
            request.META["HTTP_ACCEPT_ENCODING"] = ", ".join(wanted_codings(header))
            request.__dict__.pop("headers", None)  # Django remembers them once they were read
        return self.get_response(request)


class HeadAsGet:
    """Lets everything inside answer as it answers GET, and leaves out the content. Stands inside what serves files,
    which knows HEAD, and outside what compresses, marks and keeps pages."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        try:
            response = self.get_response(request)
        finally:
            request.method = "HEAD"
        if response.streaming:
            response.streaming_content = ()
        else:
            length = response.headers.get("Content-Length", str(len(response.content)))
            response.content = b""
            if response.status_code not in (204, 304):
                response.headers["Content-Length"] = length
        return response


class RangedFile(StaticFile):
    """A file of which any single range can be asked for."""

    def get_response(self, method, request_headers):
        is_other = request_headers.get("HTTP_IF_RANGE") not in (None, self.etag)
        if "HTTP_RANGE" in request_headers and (method != "GET" or is_other):
            request_headers = {name: value for name, value in request_headers.items() if name != "HTTP_RANGE"}
        return super().get_response(method, request_headers)

    def get_range_response(self, range_header, base_headers, file_handle):
        """Raises ValueError for what is no range, or several: the whole file is the answer then."""
        headers = dict(base_headers)
        size = int(headers["Content-Length"])
        first, last = _span(range_header, size)
        if first >= size or first > last:
            file_handle.close()
            return Response(
                HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                [("Content-Range", f"bytes */{size}"), ("Cache-Control", "no-store")],
                None,
            )
        headers |= {"Content-Range": f"bytes {first}-{last}/{size}", "Content-Length": str(last - first + 1)}
        return Response(HTTPStatus.PARTIAL_CONTENT, list(headers.items()), SlicedFile(file_handle, first, last))


def _span(header: str, size: int) -> tuple[int, int]:
    """First and last byte that are asked for; the first is behind the last where there is no such byte."""
    found = _RANGE.fullmatch(header.strip())
    if found is None or not (found[1] or found[2]):
        raise ValueError
    if not found[1]:  # the last so many
        return max(size - int(found[2]), 0) if int(found[2]) else size, size - 1
    first, last = int(found[1]), int(found[2] or size - 1)
    if found[2] and last < first:
        raise ValueError
    return first, min(last, size - 1)


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise, with files of which any range can be asked for."""

    def get_static_file(self, path, url, stat_cache=None):
        file = super().get_static_file(path, url, stat_cache)
        file.__class__ = RangedFile
        return file
