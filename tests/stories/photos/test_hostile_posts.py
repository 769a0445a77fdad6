"""Whatever is sent to the page of a story's pictures is answered, and never by an error of ours."""

import pytest
from django.urls import reverse

from stories.submit import drafts
from tests.cms.media.test_media import encoded, pixels

pytestmark = pytest.mark.django_db

EDGE = "----edge"
PICTURE = encoded(pixels())


def part(header, content):
    return b"--" + EDGE.encode() + b"\r\n" + header + b"\r\n\r\n" + content + b"\r\n"


def of_file(name, content=PICTURE, field=b"files"):
    return part(b'Content-Disposition: form-data; name="' + field + b'"; filename="' + name + b'"', content)


END = b"--" + EDGE.encode() + b"--\r\n"
DO = part(b'Content-Disposition: form-data; name="do"', b"add")
# What is sent, what it is answered with, and how many pictures there are afterwards.
POSTS = {
    "a picture": (of_file(b"me.jpg") + END, 302, 1),
    "a path for a name": (of_file(b"../../../etc/passwd") + END, 302, 1),
    "nothing but a path": (of_file(b"../..") + END, 302, 0),
    "a name with a NUL": (of_file(b"a\0b.jpg") + END, 302, 1),
    "a name that is no text": (of_file(b"\xff\xfe.jpg") + END, 302, 0),
    "a name of 900 letters": (of_file(b"x" * 900, b"words") + END, 200, 0),
    "a name of 10,000 letters": (of_file(b"x" * 10_000) + END, 400, 0),
    "a name with a page in it": (of_file(b"<script>alert(1)</script>.jpg", b"words") + END, 200, 0),
    "an empty name": (of_file(b"") + END, 302, 0),
    "a file of nothing": (of_file(b"me.jpg", b"") + END, 200, 0),
    "a file that is cut off in the middle of the post": (of_file(b"me.jpg")[:600], 302, 0),
    "a file in another field": (of_file(b"me.jpg", field=b"other") + END, 302, 0),
    "a field instead of a file": (part(b'Content-Disposition: form-data; name="files"', b"words") + END, 302, 0),
    "101 files": (b"".join(of_file(b"x.jpg", b"words") for _ in range(101)) + END, 413, 0),
    "3,001 fields": (part(b'Content-Disposition: form-data; name="a"', b"b") * 3001 + END, 413, 0),
    "a part without its header": (part(b"", b"words") + END, 302, 0),
    "nothing": (b"", 302, 0),
}


@pytest.mark.parametrize(("body", "status", "count"), POSTS.values(), ids=POSTS)
def test_odd_posts(client, settings, body, status, count):
    story, token = drafts.start()
    client.cookies[settings.DRAFT_COOKIE_NAME] = token
    with_draft = part(b'Content-Disposition: form-data; name="draft"', token.encode()) + DO + body

    response = client.post(reverse("submit:pictures"), with_draft, content_type=f"multipart/form-data; boundary={EDGE}")

    assert response.status_code == status
    assert story.latest.pictures.count() == count
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/json", "multipart/form-data", "multipart/form-data; boundary="]
)
def test_a_post_of_another_kind(client, settings, kind):
    _, token = drafts.start()
    client.cookies[settings.DRAFT_COOKIE_NAME] = token

    assert client.post(reverse("submit:pictures"), b"{}", content_type=kind).status_code < 500
