"""Which bodies must hear that a public story, or one use of it, was taken back; and the email to the team about it.

Storytellers were promised it: the names and the ways stand in the wording they answered (consent_versions.py).
"""

from collections.abc import Collection

from django.conf import settings
from django.contrib.auth.backends import ModelBackend

from cms.outbox import mail
from cms.site_settings.models import SiteSettings
from stories.models import Consent, Purpose, Story, WordingLine

MODERATE = "stories.moderate_story"


def bodies_of(story: Story, purposes: Collection[str]) -> dict[str, list[str]]:
    """By purpose, the bodies named in the words its storyteller said yes to, each with how it hears of a withdrawal."""
    newest = Consent.objects.filter(story=story, purpose__in=purposes).exclude(by=Consent.By.GUARDIAN).newest()
    answered = {consent.purpose: consent.wording_id for consent in newest if consent.is_given}
    lines = WordingLine.objects.filter(wording__in=answered.values()).exclude(bodies="")
    return {line.purpose: line.bodies.splitlines() for line in lines if answered.get(line.purpose) == line.wording_id}


def ask_to_tell(story: Story, bodies: dict[str, list[str]]) -> None:
    """One email to the site team, or to whoever reads stories while it has no address. Nothing where no body is named.

    It holds the web address of the story and nothing of what it says, so it may outlive it.
    """
    if not bodies:
        return
    named = [f"{Purpose(purpose).label}:\n" + "\n".join(lines) for purpose, lines in sorted(bodies.items())]
    said = [
        "Hello,",
        "somebody has taken back a story, or one use of it. These may have used it, and must hear of it:",
        *named,
        f"The story: {settings.SITE_URL}{story.get_absolute_url()}",
        "Please tell them today, in the way that stands beside each.",
    ]
    team = SiteSettings.load().contact_email
    people = ModelBackend().with_perm(MODERATE).filter(is_staff=True, is_limited=False)
    for address in [team] if team else people.values_list("email", flat=True).distinct():
        mail.send(to=address, subject="Please tell those who use a story", text="\n\n".join(said))
