"""Builds the least that saves. Every builder takes fields by name and gives the rest a value of its own."""

import datetime
import time
from itertools import count

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from accounts.models import User
from city.models import Page, PageFigure, PagePicture, PriorityArea, Source, Theme, Ward
from cms.media.models import Image
from cms.publishing import page_subjects, suggestions
from cms.revisions import kinds
from cms.revisions.models import Proposal
from news.models import NewsItem, NewsPicture
from partners.models import JoinRequest, Member, Partner
from programmes.models import Audience, HeadlineFigure, Involvement, Programme, ProgrammePicture

_number = count(1)


def user(*groups, email="", **fields):
    number = next(_number)
    person = User.objects.create_user(email or f"person{number}@example.org", "correct horse battery", **fields)
    person.groups.set([Group.objects.get(name=group) for group in groups])
    return person


def staff(*groups, **fields):
    return user(*groups, is_staff=True, **fields)


def _publishable(model, fields, **defaults):
    return model.objects.create(**defaults | {"status": "published"} | fields)


def source(**fields):
    number = next(_number)
    defaults = {
        "key": f"source-{number}",
        "title": f"Report {number}",
        "publisher": "Office of Reports",
        "address": "https://example.org/report",
    }
    return Source.objects.create(**defaults | fields)


def ward(**fields):
    number = next(_number)
    return _publishable(
        Ward,
        fields,
        code=f"E{number:08}",
        name=f"Ward {number}",
        slug=f"ward-{number}",
        latitude="52.9",
        longitude="-1.47",
        hex_q=number,
        hex_r=number,
        valid_from="2023-05-04",
    )


def theme(**fields):
    number = next(_number)
    return _publishable(
        Theme,
        fields,
        title=f"Theme {number}",
        short_title=f"Theme {number}",
        slug=f"theme-{number}",
        kind="policy",
        summary="What it is about.",
    )


def priority_area(**fields):
    number = next(_number)
    return _publishable(
        PriorityArea,
        fields,
        title=f"Area {number}",
        slug=f"area-{number}",
        aim="More children do well.",
        order=number,
    )


def page(**fields):
    number = next(_number)
    return _publishable(
        Page,
        fields,
        title=f"Page {number}",
        slug=f"page-{number}",
        summary="About this page.",
        body="<p>Words.</p>",
    )


def page_figure(**fields):
    fields.setdefault("page", fields.get("page") or page())
    return PageFigure.objects.create(**{"value": 12, "unit": "people", "what": "people"} | fields)


def partner(**fields):
    number = next(_number)
    return _publishable(
        Partner,
        fields,
        name=f"Partner {number}",
        slug=f"partner-{number}",
        sector="third",
        summary="A local charity.",
    )


def audience(**fields):
    number = next(_number)
    return Audience.objects.create(**{"title": f"Audience {number}", "slug": f"audience-{number}"} | fields)


def programme(*, lead=None, picture=None, **fields):
    number = next(_number)
    links = {
        name: fields.pop(name)
        for name in ("themes", "audiences", "priority_areas", "wards", "sources", "led_to")
        if name in fields
    }
    made = _publishable(
        Programme,
        fields,
        title=f"Programme {number}",
        slug=f"programme-{number}",
        summary="Something to join.",
        audience="Everyone",
        running="1-running",
    )
    for name, things in links.items():
        getattr(made, name).set(things)
    if lead:
        involvement(programme=made, partner=lead)
    if picture:
        programme_picture(programme=made, image=picture)
    return made


def programme_picture(**fields):
    return ProgrammePicture.objects.create(**fields)


def page_picture(**fields):
    return PagePicture.objects.create(**fields)


def news_item(*, picture=None, **fields):
    number = next(_number)
    links = {name: fields.pop(name) for name in ("programmes", "partners", "sources") if name in fields}
    made = _publishable(
        NewsItem,
        fields,
        title=f"News {number}",
        slug=f"news-{number}",
        date="2026-03",
        said_by_name="The city’s schools",
        summary="What is new.",
        body="<p>Words.</p>",
    )
    for name, things in links.items():
        getattr(made, name).set(things)
    if picture:
        NewsPicture.objects.create(news_item=made, image=picture)
    return made


def involvement(**fields):
    return Involvement.objects.create(**{"role": "1-lead"} | fields)


def figure(**fields):
    fields.setdefault("programme", fields.get("programme") or programme())
    return HeadlineFigure.objects.create(**{"value": 33, "unit": "schools", "what": "schools taking part"} | fields)


def image(**fields):
    """A picture that is ready, whose files are not there; enough wherever nobody opens them."""
    defaults = {
        "master": "images/none.jpg",
        "preview": "images/none-small.jpg",
        "width": 2000,
        "height": 1000,
        "preview_width": 960,
        "widths": [320, 640, 960, 1600],
        "alternative_text": "Children on a stage",
        "credit": "The partnership",
        "licence": "ours",
    }
    return Image.objects.create(**defaults | fields)


def many_programmes(count, *, lead=None, themes=(), **fields):
    """Enough rows for a long list, without the histories that saving one by one would write."""
    numbers = [next(_number) for _ in range(count)]
    shared = {"summary": "Something to join.", "status": "published"} | fields
    made = Programme.objects.bulk_create(
        Programme(title=f"Programme {number}", slug=f"programme-{number}", **shared) for number in numbers
    )
    if lead:
        Involvement.objects.bulk_create(Involvement(programme=one, partner=lead, role="1-lead") for one in made)
    links = Programme.themes.through
    links.objects.bulk_create(links(programme=one, theme=theme) for one in made for theme in themes)
    return made


def many_partners(count, *, wards=(), **fields):
    numbers = [next(_number) for _ in range(count)]
    shared = {"sector": "third", "status": "published"} | fields
    made = Partner.objects.bulk_create(
        Partner(name=f"Partner {number}", slug=f"partner-{number}", **shared) for number in numbers
    )
    links = Partner.wards.through
    links.objects.bulk_create(links(partner=one, ward=ward) for one in made for ward in wards)
    return made


def proposal(thing, *, by, status="draft", rows=None, **fields):
    """A change of these fields, and of whole lists by the name of the list, as its form would hold them."""
    live = kinds.of(thing).snapshot(thing)
    wanted = {"fields": live["fields"] | fields, "rows": live["rows"] | (rows or {})}
    more = {"publish_at": timezone.now() + datetime.timedelta(days=1)} if status == "scheduled" else {}
    more |= {"words": "No."} if status == "refused" else {}
    return Proposal.objects.create(
        thing=thing, title=str(thing), by=by, status=status, values=wanted, base=live, **more
    )


def confirmed(person):
    """The same person, whose address is known to be theirs."""
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})
    return person


def member(partner, *, role="manager", person=None, **fields):
    """Somebody who speaks for a partner, by a confirmed address."""
    person = confirmed(person or user(name=f"Member {next(_number)}"))
    return Member.objects.create(partner=partner, person=person, role=role, **fields)


def join_request(**fields):
    number = next(_number)
    defaults = {
        "state": "waiting",
        "name": f"Charity {number}",
        "sector": "third",
        "summary": "We help.",
        "evidence": "The vicar knows me.",
        "person_name": "Ina Asker",
        "person_role": "Chair",
        "email": f"asker{number}@example.org",
    }
    return JoinRequest.objects.create(**defaults | fields)


def signed_in(person):
    """A client of somebody who has just shown a second factor, also where no test is running."""
    client = Client()
    client.force_login(person)
    session = client.session
    shown = {"method": "mfa", "type": "totp", "id": 0, "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"] = [shown]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


def app_factor(person):
    """An authenticator app, of the same secret for everybody, with recovery codes."""
    RecoveryCodes.activate(person)
    return TOTP.activate(person, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").instance


def passkey(person, *, name="My phone"):
    """One whose private half nobody has, so that it is there and cannot be used."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    identity = f"passkey{next(_number)}".encode()
    credential = AttestedCredentialData.create(Aaguid.NONE, identity, key)
    shown = AuthenticatorData.create(sha256(b"testserver"), 0x45, 0, bytes(credential))
    given = CollectedClientData.create("webauthn.create", b"challenge", "http://testserver")
    answer = {
        "id": websafe_encode(identity),
        "rawId": websafe_encode(identity),
        "type": "public-key",
        "response": {
            "attestationObject": websafe_encode(AttestationObject.create("none", shown, {})),
            "clientDataJSON": websafe_encode(given),
        },
        "clientExtensionResults": {"credProps": {"rk": True}},
    }
    return WebAuthn.add(person, name, answer).instance


def long_ago(client):
    """The same person, who showed who they are too long ago to do what matters most."""
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [record | {"at": time.time() - 3600} for record in records]
    session.save()
    return client


def suggestion(thing, **fields):
    """What a reader said about the page of a thing."""
    page = page_subjects.Subject(thing.get_absolute_url(), str(thing), thing)
    return suggestions.take_in(page, **{"words": "The street is wrong."} | fields)
