from django.db import migrations
from django.utils import timezone

from accounts.roles import ADMINISTRATOR, EDITOR, MODERATOR, WRITER, grant
from cms.page_cache import triggers

# English words by their stems, words of all other languages as they are; both without accents.
SEARCH = """
CREATE TEXT SEARCH CONFIGURATION stories_english (COPY = english);
ALTER TEXT SEARCH CONFIGURATION stories_english
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION stories_plain (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION stories_plain
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
"""
NO_SEARCH = "DROP TEXT SEARCH CONFIGURATION stories_english; DROP TEXT SEARCH CONFIGURATION stories_plain;"

LICENCE = (
    "Your story stays yours: you keep the copyright. You allow the Derby learning-city partnership to use it for what "
    "you tick below, free of charge, and for nothing else. We may shorten it or correct spelling, but not change what "
    "you say. You can untick any of these, or take your story back, at any time. You do not have to say why. What is "
    "printed already stays printed."
)
LICENCE_FOR_CHILDREN = (
    "Your story belongs to you. You are only lending it to us. Tick what we may do with it. If you do not tick a box, "
    "we do not do it. You can change your mind on any day, and you do not have to say why."
)
# Purpose: words, hint; the same for a child.
LINES = {
    "site": (
        "Show it on this site",
        "Anybody in the world can read it here, and search engines can find it. Without this, only you and our team can.",
        "Show it on this website",
        "Anybody can read it then. If you do not tick this, only you and our team can.",
    ),
    "press": (
        "Let newspapers and broadcasters use it",
        "For example the Derby Telegraph or local radio, with your name as you chose it.",
        "Let newspapers and the radio tell it",
        "Other people may read or hear it there.",
    ),
    "marketing": (
        "Use it to show what Derby is like",
        "For example in a film, on a poster or on social media that tells people about the city.",
        "Use it to show other people what Derby is like",
        "For example on a poster.",
    ),
    "museum": (
        "Let the city’s museums show it and keep it",
        "In displays and at events of Derby Museums, and in their collection for people to come.",
        "Let the museum show it and keep it",
        "So that people can still read it when you are grown up.",
    ),
    "print": (
        "Print it",
        "In a book, a leaflet or an exhibition about the city. What is printed cannot be taken back.",
        "Print it in a book or a leaflet",
        "What is printed cannot be taken back.",
    ),
}

SENTENCES = [
    ("ask", "A home address", "Your story names a house or a street number where somebody lives. Please leave that out, to keep them safe."),
    ("ask", "Somebody else’s private life", "Your story tells something private about another person. Could you leave out their name, or ask them whether they agree?"),
    ("ask", "A child’s full name", "Your story gives the full name of a child. Please use only a first name, or none."),
    ("ask", "A picture without a description", "Please say in one sentence what your picture shows, for people who cannot see it."),
    ("ask", "Who is on the picture", "Please tell us whether the people on your picture have agreed that we show it."),
    ("decline", "Not about Derby", "This site tells the story of Derby. We could not find what yours has to do with the city."),
    ("decline", "An advert", "Your story reads like an advert. We show what people have lived through, not what they sell."),
    ("decline", "Hurts others", "Your story says things about people that could hurt them. We cannot show that."),
    ("decline", "Already here", "We have this story already. Thank you for sending it again."),
    ("remove", "Somebody on the picture", "Somebody on a picture of yours did not agree, so we had to take the story down. You can send it again without that picture."),
    ("remove", "Somebody else’s work", "We were shown that these words or pictures belong to somebody else."),
    ("report", "Nothing found", "We have read the story again and found nothing that breaks our rules. It stays as it is."),
    ("report", "Taken down", "Thank you for telling us. We have taken it down."),
    ("report", "Changed", "Thank you for telling us. We have changed what you told us about."),
]  # fmt: skip


def bring_words(apps, schema_editor):
    wording = apps.get_model("stories", "ConsentVersion").objects.create(
        number=1,
        licence=LICENCE,
        licence_for_children=LICENCE_FOR_CHILDREN,
        is_material=True,
        used_since=timezone.now(),
    )
    for purpose, (words, hint, child_words, child_hint) in LINES.items():
        wording.lines.create(
            purpose=purpose, words=words, hint=hint, words_for_children=child_words, hint_for_children=child_hint
        )
    sentence = apps.get_model("stories", "CannedReply").objects
    for order, (use, title, words) in enumerate(SENTENCES):
        sentence.create(use=use, title=title, words=words, order=order)


def give(apps, schema_editor):
    """Moderators judge what residents send. What is held for safeguarding is for administrators, until they give that
    right to somebody; to let a picture pass against the rule is theirs alone."""
    pages = {"thread": "view add change", "call": "view add change", "callpicture": "view add change delete"}
    pages["question"] = "view add change delete"
    publish = {"thread": "view add change publish", "call": "view add change publish"}
    queue = {"story": "view moderate tell", "report": "view decide", "cannedreply": "view add change delete"}
    grant(apps, WRITER, "stories", pages)
    grant(apps, EDITOR, "stories", pages | publish | {"story": "view tell", "report": "view", "consentversion": "view"})
    looked_at = dict.fromkeys(pages, "view")
    grant(apps, MODERATOR, "stories", looked_at | queue | {"consentversion": "view", "erasure": "view"})
    grant(
        apps,
        ADMINISTRATOR,
        "stories",
        {
            "thread": "view add change delete publish",
            "call": "view add change delete publish",
            "callpicture": "view add change delete",
            "question": "view add change delete",
            "story": "view moderate safeguard tell",
            "storypicture": "override",
            "report": "view decide",
            "cannedreply": "view add change delete",
            "consentversion": "view add change publish",
            "erasure": "view",
        },
    )


class Migration(migrations.Migration):
    dependencies = [
        ("stories", "0001_initial"),
        ("accounts", "0007_addresses_roles"),
        ("cms", "0007_stories_need"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunSQL(SEARCH, NO_SEARCH),
        migrations.RunPython(bring_words, migrations.RunPython.noop),
        migrations.RunPython(give, migrations.RunPython.noop),
        triggers.watch(
            "stories_storyindex",
            "stories_storypicture",
            "stories_depictedperson",
            "stories_override",
            "stories_thread",
            "stories_call",
            "stories_callpicture",
            "stories_question",
        ),
    ]
