"""What search engines are told about news, in schema.org's words."""

from django.urls import reverse

from cms.lib.structured_data import PUBLISHER, absolute, breadcrumbs, graph


def of_list(items):
    return graph(
        {
            "@type": "ItemList",
            "name": "News from Derby, a learning city",
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": position,
                    "name": item.title,
                    "url": absolute(item.get_absolute_url()),
                }
                for position, item in enumerate(items, start=1)
            ],
        },
        breadcrumbs([("News", reverse("news:index"))]),
    )


def of_item(item):
    """The date is as exact as we know it: schema.org takes a year or a month of ISO 8601, too."""
    path = item.get_absolute_url()
    return graph(
        {
            "@type": "NewsArticle",
            "headline": item.title,
            "description": item.summary,
            "inLanguage": "en-GB",
            "url": absolute(path),
            "mainEntityOfPage": absolute(path),
            "image": absolute("/static/social/derby.png"),
            "datePublished": item.date,
            "dateModified": item.modified_at.isoformat(),
            "author": PUBLISHER,
            "publisher": PUBLISHER,
            "sourceOrganization": _speaker(item),
            "about": [
                {"@type": "Service", "name": row["title"], "url": absolute(f"/programmes/{row['slug']}/")}
                for row in item.programme_list
            ],
        },
        breadcrumbs([("News", reverse("news:index")), (item.title, path)]),
    )


def _speaker(item):
    for row in item.speaker_list:
        return {"@type": "Organization", "name": row["name"], "url": absolute(f"/partners/{row['slug']}/")}
    return {"@type": "Organization", "name": item.said_by_name} if item.said_by_name else None
