"""What search engines are told about the portal as a whole, in schema.org's words."""

from cms.lib.structured_data import PUBLISHER, absolute, graph


def of_home():
    return graph(
        PUBLISHER
        | {
            "description": "The programmes, partners and people of Derby as a UNESCO learning city.",
            "logo": absolute("/static/social/derby.png"),
            "areaServed": {"@type": "City", "name": "Derby"},
        },
        {"@type": "WebSite", "name": "Derby, a learning city", "url": absolute("/"), "inLanguage": "en-GB"},
    )
