"""What The Derby Story needs before the portal opens (cms/readiness/registry.py)."""

from django.urls import reverse

from accounts.readiness_checks import CHANGE_PEOPLE, people_list, staff_with
from cms.readiness.registry import LAW, PAGES, PEOPLE, Check, register
from stories.consent import consent_versions
from stories.models import Call
from stories.workflow import SAFEGUARDING


def _wordings() -> str:
    return reverse("admin:stories_consentversion_changelist")


register(
    Check(
        "safeguarding",
        PEOPLE,
        "Two people who look after safeguarding",
        "Give the right “Can safeguard story” to at least two people who are trained for it.",
        CHANGE_PEOPLE,
        link=people_list,
        link_text="People",
        rows=lambda: [staff_with(SAFEGUARDING)],
        is_hole=lambda count: count < 2,
        is_legal=True,
    ),
    Check(
        "consent_words",
        LAW,
        "Words of consent that somebody approved",
        "The first version came with the software. Let the data protection officer read it. Then approve it on its "
        "page, or begin another.",
        consent_versions.PUBLISH,
        link=_wordings,
        link_text="Wordings of consent",
        rows=lambda: [consent_versions.unapproved()],
        is_legal=True,
    ),
    Check(
        "consent_bodies",
        LAW,
        "Words of consent that name who may use a story",
        "What is written under “About this site” is not what storytellers read. Begin the next wording: it takes over "
        "the names as they are now, and asks whether storytellers must be asked again.",
        consent_versions.PUBLISH,
        link=_wordings,
        link_text="Wordings of consent",
        rows=lambda: [consent_versions.lines_naming_others()],
        is_legal=True,
    ),
    Check(
        "call_hosts",
        PAGES,
        "A host for every call",
        "Ask a partner to host it, the standing call first, and choose it under “Who asks”. Until then the page of "
        "the standing call says that nobody is named.",
        "stories.publish_call",
        link=lambda: f"{reverse('admin:stories_call_changelist')}?state=public",
        link_text="Calls",
        rows=lambda: [Call.objects.published().filter(host=None)],
        detail="{count} without a host",
    ),
)
