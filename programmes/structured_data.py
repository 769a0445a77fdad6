"""What search engines are told about programmes, in schema.org's words."""

from cms.lib.structured_data import PUBLISHER, absolute, breadcrumbs, graph, without_empty


def of_list(programmes):
    return graph(_items("Programmes in Derby", programmes), breadcrumbs([("Programmes", "/programmes/")]))


def of_good_practice(programmes):
    trail = [("Programmes", "/programmes/"), ("Good practice", "/programmes/good-practice/")]
    return graph(_items("Good practice from Derby", programmes), breadcrumbs(trail))


def _items(name, programmes):
    return {
        "@type": "ItemList",
        "name": name,
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": programme.title,
                "url": absolute(f"/programmes/{programme.slug}/"),
            }
            for position, programme in enumerate(programmes, start=1)
        ],
    }


def of_programme(programme):
    """An article about the programme; the programme itself is the service it is about."""
    path = programme.get_absolute_url()
    leads = [
        {"@type": "Organization", "name": row["name"], "url": absolute(f"/partners/{row['slug']}/")}
        for row in programme.partner_list
        if row["role"] in ("1-lead", "2-co-lead")
    ]
    return graph(
        {
            "@type": "Article",
            "headline": programme.title,
            "description": programme.summary,
            "inLanguage": "en-GB",
            "url": absolute(path),
            "mainEntityOfPage": absolute(path),
            "image": absolute("/static/social/derby.png"),
            "datePublished": (programme.publish_at or programme.created_at).isoformat(),
            "dateModified": programme.modified_at.isoformat(),
            "author": PUBLISHER,
            "publisher": PUBLISHER,
            "about": without_empty(
                {
                    "@type": "Service",
                    "name": programme.title,
                    "description": programme.summary,
                    "serviceType": "Community programme",
                    "areaServed": {"@type": "City", "name": "Derby"},
                    "audience": {"@type": "Audience", "audienceType": programme.audience},
                    "provider": leads,
                }
            ),
        },
        breadcrumbs([("Programmes", "/programmes/"), (programme.title, path)]),
    )
