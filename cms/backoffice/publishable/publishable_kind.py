"""The kind of anything that is published: its form and rows are judged as every page of the portal is."""

from cms.backoffice.forms import PublishableForm, StaffForm
from cms.revisions.kinds import Kind, M

PICTURE_FIELDS = (("image", "order"), ("alternative_text", "is_decorative"), "caption")


class PublishableKind(Kind[M]):
    form = PublishableForm
    row_form = StaffForm
