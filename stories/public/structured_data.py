"""What search engines are told about stories, in schema.org's words. Nothing that the page itself does not say."""

from cms.lib.structured_data import PUBLISHER, absolute, breadcrumbs, graph, without_empty
from stories.languages import tag_of
from stories.models import Story, Thread, Version
from stories.search.search_index import opening_of

NAME = "The Derby Story"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
_COLLECTION = {"@type": "CollectionPage", "name": NAME, "url": absolute("/stories/")}


def of_index(stories):
    return graph(
        _COLLECTION
        | {
            "description": "What people in Derby tell about their city, in their own words.",
            "publisher": PUBLISHER,
            "hasPart": [
                without_empty(
                    {
                        "@type": "Article",
                        "headline": story.title,
                        "url": absolute(f"/stories/{story.slug}/"),
                        "inLanguage": tag_of(story.language),
                    }
                )
                for story in stories
            ],
        },
        breadcrumbs([(NAME, "/stories/")]),
    )


def of_thread(thread: Thread):
    path = thread.get_absolute_url()
    about = {
        "@type": "CollectionPage",
        "name": thread.title,
        "description": thread.summary,
        "url": absolute(path),
        "isPartOf": _COLLECTION,
    }
    return graph(about, breadcrumbs([(NAME, "/stories/"), (thread.title, path)]))


def of_story(story: Story, version: Version, told_by: str, pictures):
    """Its author is named only where the teller shows a name."""
    path = story.get_absolute_url()
    author = PUBLISHER if story.is_sample else {"@type": "Person", "name": told_by} if told_by else None
    ready = [] if version.content_note else [shown.image for shown in pictures if shown.image.is_ready]
    return graph(
        {
            "@type": "Article",
            "headline": version.title,
            "description": version.content_note or opening_of(version.text),
            "inLanguage": tag_of(version.language),
            "url": absolute(path),
            "mainEntityOfPage": absolute(path),
            "image": [absolute(image.wide_url) for image in ready] or absolute("/static/social/derby.png"),
            "datePublished": story.published_at.isoformat() if story.published_at else None,
            "dateModified": (version.decided_at or version.modified_at).isoformat(),
            "author": author,
            "copyrightHolder": author,
            "license": CC_BY if story.is_sample else None,
            "publisher": PUBLISHER,
            "isPartOf": _COLLECTION,
            "temporalCoverage": _years(version),
            "contentLocation": {"@type": "Place", "name": version.place or "Derby"},
        },
        breadcrumbs([(NAME, "/stories/"), (version.title, path)]),
    )


def _years(version: Version) -> str:
    first, last = version.year_from, version.year_to
    if first is None and last is None:
        return ""
    return "/".join(f"{year:04d}" for year in dict.fromkeys((first, last)) if year is not None)
