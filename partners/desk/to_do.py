"""What waits for a partner's own people, and how their page stands."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from cms.revisions.models import Proposal
from partners.models import Partner
from partners.page_editing import own_page, reader_suggestions

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


def of(partner: Partner, rights: frozenset[str]) -> tuple[Page, list[Need]]:
    """How their page stands, and what needs them."""
    change = own_page.in_its_name(partner).defer("values", "base").first()
    is_public = Partner.objects.published().filter(pk=partner.pk).exists()
    return _standing(change, is_public), _needs(partner, rights, change, is_public)


def _standing(change: Proposal | None, is_public: bool) -> Page:
    if change and change.status == _Status.WAITING:
        return Page("unconfirmed", "A change waits for the council", is_public)
    if change and change.status == _Status.SCHEDULED:
        return Page("unconfirmed", "A change will be published", is_public)
    return Page("running", "Public", True) if is_public else Page("finished", "Not public yet", False)


def _stories(partner: Any, rights: frozenset[str]) -> list[Need]:
    """What moderators ask about stories it sent."""
    asked = partner.stories.filter(way="partner", status="change_asked").count() if "write" in rights else 0
    if not asked:
        return []
    words = "A moderator asks about a story" if asked == 1 else f"Moderators ask about {asked} stories"
    why = "It is not published until you have answered."
    return [Need(words, why, reverse("partner_desk:index", args=[partner.slug]), "Read and answer")]


def _needs(partner: Partner, rights: frozenset[str], change: Proposal | None, is_public: bool) -> list[Need]:
    page = reverse("desk:page", args=[partner.slug])
    found = []
    if change and change.status == _Status.REFUSED:
        found.append(Need("The council did not publish your last change", change.words, page, "Look at it again"))
    elif change and change.status == _Status.DRAFT:
        found.append(Need("A change is begun, and not sent yet", "Nobody else sees it.", page, "Go on"))
    elif change is None and not is_public:
        why = "Say in a few sentences who you are. The council reads it, then it is public."
        found.append(Need("Your page is not public yet", why, page, "Write your page"))
    if "answer" in rights and (waiting := reader_suggestions.about(partner).filter(answered_at=None).count()):
        words = "A reader suggests a change" if waiting == 1 else f"Readers suggest {waiting} changes"
        found.append(Need(words, "", reverse("desk:suggestions", args=[partner.slug]), "Read and answer"))
    found += _stories(partner, rights)
    if partner.review_on and partner.review_on <= timezone.localdate() and is_public:
        why = "Nobody has said so for a while, and readers see that."
        found.append(Need("Is your page still right?", why, page, "Look and confirm"))
    elif partner.compiled_on and not partner.checked_on and is_public:
        why = "We put it together from published sources. Nobody has confirmed it yet, and readers see that."
        found.append(Need("Is your page right?", why, page, "Look and confirm"))
    if "invite" in rights and partner.members.managers().count() == 1:
        why = "When they are away, nobody can invite people or change who speaks for you."
        invite = reverse("desk:invite", args=[partner.slug])
        found.append(Need("Only one person manages this desk", why, invite, "Invite a second manager"))
    return found
