"""What can be edited about partners, by whom, and who hears of it."""

from django import forms
from django.db.models import Q
from django.urls import reverse

from cms.backoffice.forms import PublishableForm
from cms.backoffice.publishable.publishable_kind import PublishableKind
from cms.revisions import kinds
from cms.revisions.kinds import Rows
from partners import permissions
from partners.models import DIRECT_FIELDS, FormerName, Member, Partner, PersonInRole
from partners.public import views

FORMER_NAMES = Rows(FormerName, [("name", "until")])
PEOPLE = Rows(PersonInRole, [("name", "role"), ("as_of", "is_public_office"), "source"])


class PartnerForm(PublishableForm):
    direct_fields = forms.MultipleChoiceField(
        label="May change directly",
        choices=DIRECT_FIELDS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


@kinds.register
class PartnerKind(PublishableKind[Partner]):
    model = Partner
    form = PartnerForm
    layout = [
        (None, {"fields": ["name", "slug", "also_known_as", "summary", "body"]}),
        ("What it is", {"fields": [("sector", "sector_note"), ("website", "website_note"), "logo"]}),
        ("Where", {"fields": ["is_citywide", "wards"]}),
        ("Then and now", {"fields": [("started", "ended"), "ended_note", "successor", "parent"]}),
        ("Where we know it from", {"fields": ["sources"]}),
        (
            "What its own people may change at once",
            {
                "fields": ["direct_fields"],
                "description": "What is ticked here is public as soon as a member of the organisation saves it. "
                "Everything else they write waits until the council approves it.",
            },
        ),
    ]
    rows = (
        FORMER_NAMES,
        PEOPLE,
    )

    def may_propose(self, person, proposal):
        return bool(proposal.for_name) and permissions.may(person, "write", proposal.thing)

    def name_of_writer(self, person, proposal):
        return permissions.words_of(person, proposal.thing) if self.may_propose(person, proposal) else ""

    def address_for_writers(self, proposal):
        if not proposal.for_name or proposal.thing is None:
            return super().address_for_writers(proposal)
        return reverse("desk:page", args=[proposal.thing.slug])

    def writers_of(self, proposal):
        """All managers of the organisation it was proposed in the name of, and its writer while they are a member."""
        if not proposal.for_name or proposal.thing is None:
            return super().writers_of(proposal)
        members = proposal.thing.members.current().select_related("person")
        told = members.filter(Q(role=Member.Role.MANAGER) | Q(person=proposal.by))
        return [member.person for member in told.order_by("pk")]

    def template(self, partner):
        return "partners/detail.html"

    def context(self, partner):
        return views.context_of(partner)
