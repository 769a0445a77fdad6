"""What search engines are told about Derby's own pages, in schema.org's words."""

from cms.lib.structured_data import PUBLISHER, absolute, breadcrumbs, graph


def of_page(page):
    path = page.get_absolute_url()
    return graph(
        {
            "@type": "Article",
            "headline": page.title,
            "description": page.summary,
            "inLanguage": "en-GB",
            "url": absolute(path),
            "mainEntityOfPage": absolute(path),
            "image": absolute("/static/social/derby.png"),
            "datePublished": (page.publish_at or page.created_at).isoformat(),
            "dateModified": page.modified_at.isoformat(),
            "author": PUBLISHER,
            "publisher": PUBLISHER,
        },
        breadcrumbs([(page.title, path)]),
    )


def of_ward(ward):
    path = ward.get_absolute_url()
    return graph(
        {
            "@type": "AdministrativeArea",
            "name": ward.name,
            "identifier": ward.code,
            "url": absolute(path),
            "geo": {
                "@type": "GeoCoordinates",
                "latitude": float(ward.latitude),
                "longitude": float(ward.longitude),
            },
            "containedInPlace": {"@type": "City", "name": "Derby"},
        },
        breadcrumbs([("Wards", "/wards/"), (ward.name, path)]),
    )
