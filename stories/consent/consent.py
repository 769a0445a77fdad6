"""Asks and answers what may be done with a story. The newest answer to each purpose holds, and nothing
that was not ticked is allowed.
"""

from collections.abc import Collection, Iterable

from django.db import transaction

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from stories.consent import withdrawal_notices
from stories.models import PURPOSES, Consent, ConsentVersion, Contributor, Purpose, Story


def current(story: Story) -> dict[str, Consent]:
    """The answer that holds, by purpose."""
    return {consent.purpose: consent for consent in Consent.objects.filter(story=story).newest()}


_GUARDIANS = (Consent.By.GUARDIAN, Consent.By.PARTNER, Consent.By.STAFF)


def allowed(story: Story) -> set[str]:
    """The purposes it may be used for now: of a young person’s, those a parent or guardian agreed to as well, once they
    have answered. What was noted from a paper, they have signed, too."""
    newest: dict[str, bool] = {}
    by_guardian: dict[str, bool] = {}
    for consent in Consent.objects.filter(story=story).order_by("at", "pk"):
        newest[consent.purpose] = consent.is_given
        if consent.by in _GUARDIANS:
            by_guardian[consent.purpose] = consent.is_given
    given = {purpose for purpose, is_given in newest.items() if is_given}
    if not by_guardian or story.contributor.age != Contributor.Age.TEENAGER:
        return given
    return {purpose for purpose in given if by_guardian.get(purpose)}


def wished(story: Story) -> set[str]:
    """What its teller ticks, whatever a parent or guardian says of it."""
    newest = Consent.objects.filter(story=story).exclude(by=Consent.By.GUARDIAN).newest()
    return {consent.purpose for consent in newest if consent.is_given}


def mean_something_else(story: Story, wording: ConsentVersion) -> bool:
    """Whether these words mean something else than those its teller answered last."""
    last = Consent.objects.filter(story=story).exclude(by=Consent.By.GUARDIAN).order_by("wording__number").last()
    if last is None:
        return False
    later = ConsentVersion.objects.filter(
        used_since__isnull=False, number__gt=last.wording.number, number__lte=wording.number
    )
    return later.filter(is_material=True).exists()


def is_allowed(story: Story, purpose: str = Purpose.SITE) -> bool:
    return purpose in allowed(story)


@transaction.atomic
def answer(
    story: Story,
    given: Collection[str],
    *,
    wording: ConsentVersion,
    by: Consent.By,
    is_child: bool,
    purposes: Iterable[str] = (),
) -> None:
    """Writes a line for each purpose that was asked (all, unless said), ticked or not; and one in the record. The team
    is asked to tell whoever used a public story in a way that is not allowed any more."""
    is_public = story.status == Story.Status.PUBLISHED
    before = allowed(story) if is_public else set()
    bodies = withdrawal_notices.bodies_of(story, before) if before else {}
    shown = shown_words(wording, is_child=is_child)
    asked = list(purposes) or PURPOSES
    for purpose in asked:
        Consent.objects.create(
            story=story,
            purpose=purpose,
            is_given=purpose in given,
            wording=wording,
            words_shown=shown[purpose],
            by=by,
        )
    yes = [Purpose(purpose).label for purpose in asked if purpose in given]
    new = {"wording": wording.number, "yes to": yes, "answered by": Consent.By(by).label}
    if bodies:
        withdrawal_notices.ask_to_tell(story, {purpose: bodies[purpose] for purpose in bodies.keys() - allowed(story)})
    audit_log.write(AuditEvent.Action.CONSENT, story, by=None, by_words=Consent.By(by).label, new=new)


def shown_words(wording: ConsentVersion, *, is_child: bool) -> dict[str, str]:
    """What stands beside each box, with the licence above them: kept with each answer."""
    licence = wording.licence_for_children if is_child else wording.licence
    told = {}
    for line in wording.lines.all():
        told[line.purpose] = "\n".join(filter(None, (*line.shown(is_child=is_child), licence)))
    return told
