"""Everything that is held about a story, for its teller to take with them. Nothing about anybody of the
staff, nothing that others told us of the story, and no key.
"""

import json
import shutil
import tempfile
import zipfile
from typing import IO, Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.http import FileResponse
from django.views.decorators.http import require_safe

from cms import limits
from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.outbox.models import Mail
from stories.consent import consent
from stories.languages import name_of
from stories.models import Contributor, Story, Version
from stories.my_stories import status_text
from stories.my_stories.access import Own, theirs
from stories.my_stories.views import go
from stories.workflow import Role

MOST_AN_HOUR = 20
_ABOUT_TELLER = (
    "full_name", "shown_as", "pen_name", "age", "email", "email_verified_at", "adult_name", "adult_role",
    "guardian_name", "guardian_email", "guardian_confirmed_at", "consent_how", "consent_on", "paper_place",
)  # fmt: skip
_OF_VERSION = (
    "number", "state", "title", "text", "when_words", "year_from", "year_to", "place", "content_note", "answers",
    "created_at", "sent_at", "decided_at",
)  # fmt: skip
_FIELDS = ("description", "caption", "credit")
_READ_ME = """This is all that we hold about your story.

story.txt         the words
story.json        everything else: versions, your choices, when what happened
pictures/         your pictures, without the place and the time your phone had noted in them
"""


@theirs
@require_safe
def download(request, own: Own):
    """Written to a file that goes away by itself, and sent piece by piece: ten pictures need no memory."""
    if not limits.allows("story download", str(own.story.pk), most=MOST_AN_HOUR, seconds=60 * 60):
        return go(own, "often")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        write(file, own.story)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    audit_log.write(AuditEvent.Action.EXPORTED, own.story, by=None, by_words=str(Role.TELLER), note="Their own story")
    return FileResponse(file, as_attachment=True, filename="my-story.zip", content_type="application/zip")


def write(file: IO[bytes], story: Story) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        files = _write_pictures(archive, story)
        held = json.dumps(of(story, files), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        archive.writestr("read-me.txt", _READ_ME)
        archive.writestr("story.json", held)
        if story.latest:
            archive.writestr("story.txt", f"{story.latest.title}\n\n{story.latest.text}\n")


def _write_pictures(archive: zipfile.ZipFile, story: Story) -> dict[int, str]:
    """Their names in the archive, by the picture; one whose file is lost is left out."""
    names: dict[int, str] = {}
    for number, picture in enumerate(story.pictures.order_by("pk"), 1):
        try:
            source = picture.master.open("rb")
        except (OSError, ValueError):
            continue
        entry = zipfile.ZipInfo(f"pictures/{number}.jpg", date_time=(1980, 1, 1, 0, 0, 0))  # stored: it is packed
        with source, archive.open(entry, "w") as target:
            shutil.copyfileobj(source, target)
        names[picture.pk] = entry.filename
    return names


def of(story: Story, files: dict[int, str]) -> dict[str, Any]:
    contributor = story.contributor
    stands = status_text.of(story)
    return {
        "story": {
            "address": story.get_absolute_url(),
            "where_it_stands": stands.state,
            "what_that_means": stands.means,
            "how_it_came": story.get_way_display(),
            "begun": story.created_at,
            "sent": story.sent_at,
            "first_published": story.published_at,
            "call": str(story.call) if story.call else None,
            "threads": [str(thread) for thread in story.threads.all()],
            "partner": str(story.partner) if story.partner else None,
            "programme": str(story.programme) if story.programme else None,
        },
        "about_you": {name: _told(contributor, name) for name in _ABOUT_TELLER},
        "versions": [_version(version, files) for version in story.versions.select_related("ward")],
        "pictures": [_picture(picture, files) for picture in story.pictures.prefetch_related("people")],
        "what_we_may_do_now": sorted(consent.allowed(story)),
        "your_choices": [_choice(line) for line in story.consents.select_related("wording")],
        "what_we_wrote_to_you": [
            {"about": one.about, "words": one.words, "when": one.at} for one in status_text.said(story)
        ],
        "mails_to_you": list(
            Mail.objects.filter(to=contributor.email, about=f"stories.story {story.pk}").values(
                "subject", "state", "created_at", "sent_at"
            )
        )
        if contributor.email
        else [],
        "what_happened": _happened(story),
    }


def _told(thing: Any, name: str) -> Any:
    return getattr(thing, f"get_{name}_display", lambda: getattr(thing, name))()


def _version(version: Version, files: dict[int, str]) -> dict[str, Any]:
    return {name: _told(version, name) for name in _OF_VERSION} | {
        "language": name_of(version.language),
        "ward": version.ward.name if version.ward else None,
        "name_asked_for": Contributor(**_named(version)).shown_name if version.shown_as else None,
        "pictures": [
            {"file": files.get(use.picture_id)} | {name: getattr(use, name) for name in _FIELDS}
            for use in version.pictures.all()
        ],
    }


def _named(version: Version) -> dict[str, str]:
    return {"shown_as": version.shown_as, "full_name": version.full_name, "pen_name": version.pen_name}


def _picture(picture: Any, files: dict[int, str]) -> dict[str, Any]:
    return {
        "file": files.get(picture.pk),
        "added": picture.created_at,
        "is_hidden": picture.is_hidden,
        "people": [
            {
                "who": person.name,
                "is_under_18": person.is_child,
                "agreed": person.get_consent_display(),
                "until": person.until,
            }
            for person in picture.people.all()
        ],
    }


def _choice(line: Any) -> dict[str, Any]:
    return {
        "what": line.get_purpose_display(),
        "yes": line.is_given,
        "when": line.at,
        "answered_by": line.get_by_display(),
        "version_of_the_words": line.wording.number,
        "words_shown": line.words_shown,
    }


# Of what staff decide for safety, or of what others report, its teller learns by what we write to them.
_NOT_TOLD = (
    AuditEvent.Action.STORY_LOOKED_AT, AuditEvent.Action.REPORTED, AuditEvent.Action.REPORT_DECIDED,
    AuditEvent.Action.OVERRIDE,
)  # fmt: skip


def _happened(story: Story) -> list[dict[str, Any]]:
    kind = ContentType.objects.get_for_model(Story)
    lines = AuditEvent.objects.filter(content_type=kind, object_id=story.pk).exclude(action__in=_NOT_TOLD)
    return [
        {"when": line.at, "what": line.get_action_display(), "by": "our team" if line.by_id else line.by_words}
        for line in lines.order_by("at", "pk")
    ]
