"""What search engines are told about partners, in schema.org's words."""

from cms.lib.structured_data import absolute, breadcrumbs, graph, without_empty

TYPES = {
    "education": "EducationalOrganization",
    "third": "NGO",
    "media": "NewsMediaOrganization",
    "private": "Corporation",
}


def of_list(partners):
    return graph(
        {
            "@type": "ItemList",
            "name": "Partners of Derby as a learning city",
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": position,
                    "name": partner.name,
                    "url": absolute(f"/partners/{partner.slug}/"),
                }
                for position, partner in enumerate(partners, start=1)
            ],
        },
        breadcrumbs([("Partners", "/partners/")]),
    )


def of_partner(partner):
    path = partner.get_absolute_url()
    parents = [{"@type": "Organization", "name": row["name"]} for row in partner.parent_list]
    organisation = without_empty(
        {
            "@type": TYPES.get(partner.sector, "Organization"),
            "name": partner.name,
            "alternateName": [
                *filter(None, [partner.also_known_as]),
                *(row["name"] for row in partner.former_list),
            ],
            "description": partner.summary,
            "url": partner.website or absolute(path),
            "logo": absolute(partner.logo.get_absolute_url()) if partner.logo else "",
            "parentOrganization": parents[0] if parents else None,
            "foundingDate": partner.started,
            "dissolutionDate": partner.ended,
        }
    )
    return graph(
        organisation | {"mainEntityOfPage": _page(partner, absolute(path))},
        breadcrumbs([("Partners", "/partners/"), (partner.name, path)]),
    )


def _page(partner, address):
    """The page about it, and when and by whom it was last found right, if ever."""
    if not partner.checked_on:
        return address
    reviewed = {"@type": "WebPage", "@id": address, "lastReviewed": partner.checked_on.isoformat()}
    return reviewed | ({"reviewedBy": {"@type": "Organization", "name": partner.name}} if partner.confirmed_on else {})
