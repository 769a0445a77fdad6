"""What waits for a partner's own people, and how their page stands."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from editorial.models import Proposal
from partners.keeping import readers
from partners.models import Partner

_Status = Proposal.Status


@dataclass(frozen=True)
class Need:
    words: str
    why: str
    url: str
    link: str


@dataclass(frozen=True)
class Page:
    """How their page stands: `kind` colours it, `words` say it."""

    kind: str
    words: str
    is_public: bool


def _last_change(partner: Partner) -> Proposal | None:
    """The last change in the partner's own name."""
    own = Proposal.objects.about(partner).exclude(for_name="").exclude(status=_Status.SKETCH)
    return own.defer("values", "base").first()


def _is_public(partner: Partner) -> bool:
    return Partner.objects.published().filter(pk=partner.pk).exists()


def page_of(partner: Partner) -> Page:
    change = _last_change(partner)
    is_public = _is_public(partner)
    if change and change.status == _Status.WAITING:
        return Page("unconfirmed", "A change waits for the council", is_public)
    if change and change.status == _Status.SCHEDULED:
        return Page("unconfirmed", "A change will be published", is_public)
    return Page("running", "Public", True) if is_public else Page("finished", "Not public yet", False)


def of(partner: Partner, rights: frozenset[str]) -> list[Need]:
    page = reverse("desk:page", args=[partner.slug])
    found = []
    change = _last_change(partner)
    if change and change.status == _Status.REFUSED:
        found.append(Need("The council did not publish your last change", change.words, page, "Look at it again"))
    elif change and change.status == _Status.DRAFT:
        found.append(Need("A change is begun, and not sent yet", "Nobody else sees it.", page, "Go on"))
    elif change is None and not _is_public(partner):
        why = "Say in a few sentences who you are. The council reads it, then it is public."
        found.append(Need("Your page is not public yet", why, page, "Write your page"))
    if "answer" in rights and (waiting := readers.about(partner).filter(answered_at=None).count()):
        words = "A reader suggests a change" if waiting == 1 else f"Readers suggest {waiting} changes"
        found.append(Need(words, "", reverse("desk:suggestions", args=[partner.slug]), "Read and answer"))
    if partner.review_on and partner.review_on <= timezone.localdate() and _is_public(partner):
        why = "Nobody has said so for a while, and readers see that."
        found.append(Need("Is your page still right?", why, page, "Look and confirm"))
    if "invite" in rights and partner.members.managers().count() == 1:
        why = "When they are away, nobody can invite people or change who speaks for you."
        invite = reverse("desk:invite", args=[partner.slug])
        found.append(Need("Only one person manages this desk", why, invite, "Invite a second manager"))
    return found
