"""All that somebody needs to decide about a story, gathered in the same few questions whatever it holds."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse

from cms.audit.models import AuditEvent
from cms.revisions.diff_text import Difference
from stories import changes, languages, workflow
from stories.models import CannedReply, Consent, Override, Purpose, Story, StoryPicture, Version, VersionPicture
from stories.moderation import change_diff, duplicates, personal_data_hints
from stories.moderation.forms import HoldForm, TimeForm, WordsForm
from stories.moderation.queue import LOOKS, seen_by
from stories.publication import photo_rules, publishing

Status = Story.Status
Use = CannedReply.For
SAID = {  # steps that say something to the teller: which sentences there are, and whether words are needed
    "ask": (Use.ASK, True),
    "decline": (Use.DECLINE, True),
    "remove": (Use.REMOVE, True),
    "refuse": (Use.DECLINE, True),
    "reopen": ("", False),
    "restore": ("", False),
    "reconsider": ("", False),
    "lift": ("", False),
}
HINTS = {
    "claim": "Others see that you read it. Its teller gets a mail.",
    "release": "It goes back into the queue for everybody.",
    "approve": "Readers see it as soon as the sizes of its pictures are made. Its teller gets a mail.",
    "schedule": "It is published by itself at that time.",
    "show": "Readers see the changed story instead of the old one.",
    "ask": "It waits until its teller has answered. If it is public, readers see the old words until then.",
    "decline": "It is not published. It is deleted after 90 days.",
    "refuse": "What is public stays as it is.",
    "remove": "It is gone from every page at once.",
    "hold": "Nobody but those who look after safeguarding sees it then. What is public is gone at once.",
    "lift": "It goes on where it was before it was held.",
    "reopen": "You read it again.",
    "restore": "You read it again. It is not public until it is approved.",
    "reconsider": "It is not published until you have decided again.",
}
MAIN, DANGERS = ("claim", "approve", "show", "lift", "reopen", "restore"), ("decline", "remove", "hold", "refuse")
# In the order in which they stand on the screen.
ORDER = (
    "claim", "show", "approve", "schedule", "lift", "reopen", "restore", "ask", "reconsider", "decline", "refuse",
    "remove", "hold", "release",
)  # fmt: skip


@dataclass
class Decision:
    """A step that is open, and the form it needs."""

    step: str
    words: str
    hint: str
    look: str
    form: forms.Form | None = None
    is_folded: bool = True


@dataclass
class Answered:
    """What was answered to one purpose, the answer that holds first."""

    purpose: str
    now: Consent | None = None
    before: list[Consent] = field(default_factory=list)


@dataclass
class Picture:
    number: int
    use: VersionPicture
    address: str
    people: list[Any]
    is_shown: bool
    override: Override | None
    large: str = ""


def pending(story: Story) -> Version | None:
    """The change of what is public that waits for somebody."""
    version = changes.pending(story)
    return version if version is not None and version.state == Version.State.WAITING else None


def steps_for(story: Story, person: Any) -> list[str]:
    """All they may do now, with the story and with a change of it."""
    open_steps = workflow.steps_open_to(story, person)
    if version := pending(story):
        open_steps += changes.steps_open_to(version, person)
    return [step for step in ORDER if step in open_steps]


def form_for(step: str, data=None, *, sentences: list[CannedReply] | None = None) -> forms.Form | None:
    """What the step needs to be told; nothing where pressing its button is all."""
    if step == "schedule":
        return TimeForm(data, prefix=step)
    if step == "hold":
        return HoldForm(data, prefix=step)
    if step in SAID:
        use, is_needed = SAID[step]
        known = list(CannedReply.objects.all()) if sentences is None else sentences
        return WordsForm(data, prefix=step, use=use, sentences=known, is_needed=is_needed)
    return None


def words_for(step: str) -> str:
    return changes.WORDS[step] if step in ("show", "refuse") else workflow.STEPS[step].words


def decisions(
    story: Story, person: Any, *, open_steps: Iterable[str], bound: dict[str, forms.Form], is_kept_back: bool
) -> list[Decision]:
    """`is_kept_back`: something keeps it from being public, so that to publish it would be refused."""
    sentences = list(CannedReply.objects.all())
    found = []
    for step in open_steps:
        form = bound.get(step) or form_for(step, sentences=sentences)
        words, hint = words_for(step), HINTS[step]
        look = "danger" if step in DANGERS else "default" if step in MAIN else "button"
        if is_kept_back and step in ("approve", "schedule", "show"):
            look, hint = "button", "Not possible yet. “Look at this” says why."
        if step == "release" and story.claimed_by_id != person.pk:
            words, hint = "Put it back into the queue", f"{story.claimed_by or 'Nobody'} is not on it any more then."
        found.append(Decision(step, words, hint, look, form, is_folded=step not in bound))
    return found


def context_of(story: Story, person: Any) -> dict[str, Any]:
    version, change = story.latest, pending(story)
    teller = getattr(story, "contributor", None)
    may_moderate = person.has_perm(workflow.MODERATOR)
    words = _words_of(version)
    found = personal_data_hints.findings(words, teller) if version else []
    pictures = _pictures_of(version) if version else []
    waits = change is not None or story.status in (*Story.WAITING, Status.CHANGE_ASKED, Status.HELD)
    is_decided = story.status not in (*Story.WAITING, Status.CHANGE_ASKED, Status.HELD, Status.PUBLISHED)
    title = version.title if version and version.title else f"Without a title ({story.slug})"
    return {
        "title": title,
        "story": story,
        "version": version,
        "look": "waiting" if change else LOOKS.get(Status(story.status), "draft"),
        "state_words": "Published, and a change waits" if change else story.get_status_display(),
        "lang": languages.tag_of(version.language) if version else "",
        "language_name": languages.name_of(version.language) if version else "",
        "title_pieces": _marked(version, found, "the title") if version else [],
        "text_pieces": _marked(version, found, "the story") if version else [],
        "found": found,
        "mistakes": list(publishing.mistakes_of(story, version)) if version and not is_decided else [],
        "advice": list(photo_rules.advice(story, version)) if version else [],
        "differences": change_diff.differences(story.shown, version) if change and version and story.shown else [],
        "changed_since": _changed_since(story),
        "change": change,
        "pictures": pictures,
        "teller": teller,
        "may_moderate": may_moderate,
        "is_own": may_moderate and workflow.is_own(story, person),
        "is_mine": story.claimed_by_id == person.pk,
        "consents": _consents_of(story),
        "alike": duplicates.like(story, version, seen_by(person)) if version and may_moderate and waits else [],
        "happened": _happened(story, person),
        "threads": list(story.threads.all()),
        "seen_at": story.modified_at.isoformat(),
        "public_url": story.get_absolute_url() if story.status == Status.PUBLISHED else "",
    }


def _changed_since(story: Story) -> list[Difference]:
    """What is different since somebody of the staff could read it first, while it is not public."""
    version = story.latest
    if version is None or version.number == 1 or story.status not in (*Story.WAITING, Status.HELD):
        return []
    sent = story.versions.filter(number__lt=version.number).exclude(state=Version.State.WRITING)
    before = sent.select_related("ward").order_by("-number").first()
    if before is None:
        return []
    before.story = version.story = story
    return change_diff.differences(before, version)


def _words_of(version: Version | None) -> list[tuple[str, str]]:
    """All that readers would read, by where it stands."""
    if version is None:
        return []
    words = [("the title", version.title), ("the story", version.text), ("the place", version.place)]
    words += [("an answer", str(answer.get("answer", ""))) for answer in version.answers]
    for number, use in enumerate(version.pictures.all(), 1):
        words += [(f"picture {number}", f"{use.description} | {use.caption} | {use.credit}")]
    return [*words, ("the note before it", version.content_note)]


def _marked(version: Version, found: list[personal_data_hints.Finding], where: str) -> list[personal_data_hints.Piece]:
    text = version.title if where == "the title" else version.text
    return personal_data_hints.marked(text, [one for one in found if one.where == where])


def _pictures_of(version: Version) -> list[Picture]:
    showable = Exists(StoryPicture.objects.showable().filter(pk=OuterRef("picture")))
    overrides = Prefetch("picture__overrides", Override.objects.filter(ended_at=None).select_related("by"))
    uses: Any = version.pictures.select_related("picture").annotate(is_showable=showable)
    return [
        Picture(
            number,
            use,
            file_address(use.picture, "preview.jpg"),
            list(use.picture.people.all()),
            use.is_showable,
            next(iter(use.picture.overrides.all()), None),
            file_address(use.picture, "master.jpg"),
        )
        for number, use in enumerate(uses.prefetch_related("picture__people", overrides), 1)
    ]


def file_address(picture: StoryPicture, name: str) -> str:
    """Where staff get it, whether it is public or not."""
    return reverse("admin:stories_story_file", args=[picture.key, name])


def _consents_of(story: Story) -> list[Answered]:
    answers: dict[str, list[Consent]] = defaultdict(list)
    for answer in story.consents.select_related("wording").order_by("-at", "-pk"):
        answers[answer.purpose].append(answer)
    return [
        Answered(str(purpose.label), next(iter(answers[purpose]), None), answers[purpose][1:]) for purpose in Purpose
    ]


@dataclass
class Happened:
    at: Any
    who: str
    what: str
    note: str


WORRIED = "what worried them"


def _happened(story: Story, person: Any) -> list[Happened]:
    """The newest first. Who looked at it while it was held is for the record alone; what worried somebody, for those
    who look after safeguarding."""
    about = Q(content_type=ContentType.objects.get_for_model(Story), object_id=story.pk)
    told = []
    for event in AuditEvent.objects.filter(about).exclude(action=AuditEvent.Action.STORY_LOOKED_AT)[:100]:
        new, note = dict(event.new), event.note
        if WORRIED in new:
            if not person.has_perm(workflow.SAFEGUARDING):
                continue
            what, note = "Said what worried them", str(new[WORRIED])
        elif event.action in _STEPS:
            what = ": ".join(str(new[name]) for name in ("step", "state") if new.get(name))
        else:
            what = event.get_action_display()
        told.append(Happened(event.at, event.by_words, what or event.get_action_display(), note))
    return told


_STEPS = (
    AuditEvent.Action.STORY, AuditEvent.Action.STORY_CHANGED, AuditEvent.Action.PUBLISHED, AuditEvent.Action.SCHEDULED,
    AuditEvent.Action.TAKEN_DOWN,
)  # fmt: skip
