"""What can be edited about what stories are about, and what people are invited to tell."""

from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet

from cms.backoffice.publishable.publishable_kind import PICTURE_FIELDS, PublishableKind
from cms.revisions import kinds
from cms.revisions.kinds import Rows
from stories.models import Call, CallPicture, Question, Thread
from stories.models.calls import MOST_QUESTIONS
from stories.public import call_views, views


class UpToFive(BaseInlineFormSet):
    """More questions make a form that nobody fills in."""

    def clean(self):
        super().clean()
        left = [form for form in self.forms if form not in self.deleted_forms]
        kept = [form for form in left if form.has_changed() or form.instance.pk]
        if len(kept) > MOST_QUESTIONS:
            raise ValidationError(
                f"A call asks up to {MOST_QUESTIONS} questions beside the story. Take some away.", code="too_many"
            )


QUESTIONS = Rows(Question, [("words", "order"), "hint"], formset=UpToFive)
PICTURES = Rows(CallPicture, PICTURE_FIELDS)


@kinds.register
class ThreadKind(PublishableKind[Thread]):
    model = Thread
    layout = [
        (None, {"fields": ["title", "slug", "summary", "question", "order"]}),
    ]

    def template(self, thread):
        return "stories/thread.html"

    def context(self, thread):
        return views.context_of_thread(thread)


@kinds.register
class CallKind(PublishableKind[Call]):
    model = Call
    layout = [
        (None, {"fields": ["title", "slug", "question", "summary", "body"]}),
        ("When and where", {"fields": [("opens_on", "closes_on"), "ward", "place", "is_standing"]}),
        ("Who asks", {"fields": ["host", "host_words"]}),
    ]
    rows = (
        QUESTIONS,
        PICTURES,
    )

    def template(self, call):
        return "stories/call.html"

    def context(self, call):
        return call_views.context_of(call)
