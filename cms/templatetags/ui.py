"""The tags every template may use. Each keeps a promise that its arguments are its contract."""

import json
import re
from decimal import Decimal
from functools import lru_cache
from html import unescape

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms import CheckboxInput
from django.template.loader import get_template
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

from cms.lib import data_notices, dates
from cms.lib.structured_data import absolute
from cms.page_cache import middleware
from cms.publishing import notices
from cms.publishing.models import Notice
from cms.site_settings.models import SiteSettings
from cms.text import email_addresses

register = template.Library()

_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
_TAKEN = ("main", "ask")  # anchors of ours


def _render(name: str, values: tuple[tuple[str, type, object], ...]) -> SafeString:
    return mark_safe(get_template(name).render({name: value for name, _, value in values}))  # noqa: S308 - a template's


# A part is a pure function of the values it is given, so the same values give the same words: they are remembered
# rather than rendered again. Nothing can go stale, because nothing but the values is looked at. Their types count too:
# a text marked safe is equal to the same text unmarked, and must never stand in for it.
_remembered = lru_cache(maxsize=4096)(_render)


@register.simple_tag
def part(template_name, /, **values):
    """Renders a template that sees only the values given here, each a plain text, number or truth."""
    render = _render if settings.DEBUG else _remembered
    return render(template_name, tuple((name, type(value), value) for name, value in values.items()))


@register.simple_tag
def social(path, *, picture=None, **values):
    """What a message or a network shows of a link to this page, and the address it is known by.

    Of a page with a picture, its wide crop.
    """
    shown = {
        "image": absolute(staticfiles_storage.url("social/derby.png")),
        "width": 1200,
        "height": 630,
        "words": "Three round-topped mill windows: a silk mill, the river Derwent and a ram on the hills.",
    }
    if picture and picture.image.is_ready:
        width, height = picture.image.wide_size
        address = absolute(picture.image.wide_url)
        shown = {"image": address, "width": width, "height": height, "words": picture.words}
    return part("components/social.html", url=absolute(path), **shown, **values)


@register.simple_tag(takes_context=True)
def notice(context):
    """The one notice that stands over this page now, if any. A page for an error knows no request, and asks nobody."""
    request = context.get("request")
    found = Notice.objects.showing().on(request.path).first() if request else None
    return part("components/notice.html", **notices.shown(found)) if found else ""


@register.simple_tag(takes_context=True)
def tell_us(context):
    """The way to say what is wrong on this page; on one that is nobody's but the reader's, the way to ask."""
    if context.get("is_preview"):
        return ""
    request = context.get("request")
    path = request.path if request and middleware.declared_for(request) else ""
    return part("components/tell_us.html", path=path)


@register.simple_tag
def within(field):
    """How soon somebody answers, to stand in a sentence: “ within 5 working days”, or nothing where none is promised.
    `field` is one of About this site, such as `story_days`."""
    return SiteSettings.load().within(field)


@register.simple_tag
def data_notice(name):
    """What becomes of what is typed here. Stands in the form, above its button."""
    told = data_notices.notices()[name]
    return part("components/data_notice.html", words=" ".join(told.sentences), url=told.url)


@register.filter
def anchored(html):
    """A text of staff's with an anchor on each large heading, so that a link can lead to it."""
    taken: set[str] = set(_TAKEN)

    def heading(found):
        anchor = data_notices.anchor_of(strip_tags(unescape(found[1])))
        if not anchor or anchor in taken:
            return found[0]
        taken.add(anchor)
        return f'<h2 id="{anchor}">{found[1]}</h2>'

    return mark_safe(_HEADING.sub(heading, html))  # noqa: S308 - cleaned when it was saved


@register.inclusion_tag("components/field.html")
def field(field):
    """One field of a form for anybody: label, hint, error, input, each tied to the others for a screen reader."""
    ids = [f"{field.auto_id}_helptext"] if field.help_text else []
    ids += [f"{field.auto_id}_error"] if field.errors else []
    return {
        "field": field,
        "described_by": " ".join(ids),
        "is_checkbox": isinstance(field.field.widget, CheckboxInput),
    }


@register.inclusion_tag("components/fields.html")
def fields(form):
    """All fields of a form for anybody; what is wrong stands above, in components/errors.html."""
    return {"form": form}


@register.filter
def in_words(value):
    """2018-09 becomes September 2018."""
    return dates.in_words(value)


@register.filter
def readable_address(value):
    """An address of email as people write it: user@münchen.example."""
    return email_addresses.readable(value or "")


@register.filter
def pounds(value):
    return f"£{Decimal(str(value)):,.2f}".removesuffix(".00")


@register.filter
def json_ld(value):
    """Structured data for inside a script element; cannot end it early."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S308 - escaped here
