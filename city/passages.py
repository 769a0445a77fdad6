"""What the portal itself fills into a standing page: who answers for it, as “About this site” has it.

Staff write the page, and put a name in curly brackets where such a passage belongs, in a paragraph of its own:
`<p>{contact}</p>`. Each is a template in templates/passages/, which escapes what it shows and has a short honest
sentence for what is not set (docs/decisions/0014-passages.md).
"""

import re

from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from cms.site_settings.models import SiteSettings

# Name: its template, and what it tells, for staff.
PASSAGES = {
    "who_is_responsible": (
        "passages/who_is_responsible.html",
        "the body that is responsible for people’s data, its postal address, its ICO registration",
    ),
    "data_protection_contact": (
        "passages/data_protection_contact.html",
        "the office that people ask about their data, with its email address and telephone",
    ),
    "reasons_in_law": (
        "passages/reasons_in_law.html",
        "whether, and when, the controller confirmed the reasons in law",
    ),
    "hosting": ("passages/hosting.html", "who hosts the site, what it logs and how long it keeps that"),
    "data_processors": ("passages/data_processors.html", "others who handle data for the partnership"),
    "who_may_use_stories": (
        "passages/who_may_use_stories.html",
        "which bodies may use a story, and how each hears that it was taken back",
    ),
    "contact": ("passages/contact.html", "the site team’s email address, telephone and hours"),
    "answer_times": ("passages/answer_times.html", "how soon the site team answers"),
    "accessibility_contact": (
        "passages/accessibility_contact.html",
        "whom to tell of a problem with using the site, and how soon they answer",
    ),
    "complaints": ("passages/complaints.html", "who hears a complaint about an answer"),
    "licence": ("passages/licence.html", "under which licence others may use our own words and drawings"),
}
# Pages of which the law, or our own promise, asks that they show these.
NEEDED = {
    "privacy": ("who_is_responsible", "data_protection_contact", "hosting"),
    "contact": ("contact",),
    "accessibility": ("accessibility_contact",),
    "terms": ("licence",),
}

_PARAGRAPH = re.compile(r"<p>\s*\{([a-z_]+)\}\s*</p>")
_ANY = re.compile(r"\{([A-Za-z_ ]+)\}")


def fill(html: str) -> SafeString:
    """The page with its passages filled in. `html` has been cleaned when it was stored (cms/text/richtext.py)."""
    if "{" not in html:
        return mark_safe(html)  # noqa: S308
    settings = SiteSettings.load()

    def filled(found: re.Match) -> str:
        name = found[1]
        if name not in PASSAGES:
            return found[0]
        return render_to_string(PASSAGES[name][0], {"about": settings})

    return mark_safe(_PARAGRAPH.sub(filled, html))  # noqa: S308


def mistakes(html: str) -> list[str]:
    """What is wrong with the passages of a text that somebody typed, a sentence for each."""
    alone = {name for name in _PARAGRAPH.findall(html) if name in PASSAGES}
    found = []
    for name in dict.fromkeys(_ANY.findall(html)):
        if name not in PASSAGES:
            found.append(f"There is no passage called “{{{name}}}”. Choose one from the list under the text.")
        elif name not in alone or html.count(f"{{{name}}}") > len(re.findall(rf"<p>\s*\{{{name}\}}\s*</p>", html)):
            found.append(f"“{{{name}}}” must stand alone in a paragraph of its own.")
    return found


def help_text() -> SafeString:
    """What staff are told beneath the text of a page."""
    listed = format_html_join("", "<li>{{{}}}: {}</li>", ((name, told) for name, (_, told) in PASSAGES.items()))
    return mark_safe(  # noqa: S308
        "What you wrote under “About this site” is filled in where its name stands in curly brackets, alone in a "
        f"paragraph: <ul>{listed}</ul>"
    )
