"""The admin of The Derby Story: the queue of what was sent, and all that moderators need beside it.

Each class registers itself when its module is imported.
"""

from functools import partial

from django.contrib import admin
from django.db.models import Q
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.backoffice.base_admin import BaseAdmin, ReadOnlyMixin
from cms.publishing import page_subjects
from stories import workflow
from stories.admin.calls_admin import CallAdmin, ThreadAdmin
from stories.admin.canned_replies_admin import CannedReplyAdmin, ErasureAdmin
from stories.admin.consent_versions_admin import ConsentVersionAdmin
from stories.admin.reports_admin import ReportAdmin
from stories.models import Story
from stories.moderation import photo_pages, rate_limited, review, story_preview
from stories.moderation.queue import Columns, seen_by
from stories.moderation.story_actions import ManyMixin
from stories.photos.views import staff_picture

__all__ = [
    "CallAdmin",
    "CannedReplyAdmin",
    "ConsentVersionAdmin",
    "ErasureAdmin",
    "ReportAdmin",
    "StoryAdmin",
    "ThreadAdmin",
]


page_subjects.register(
    page_subjects.Kind(
        Story,
        published=lambda: Story.objects.published().select_related("shown"),
        seen_by=lambda person: Q(object_id__in=seen_by(person).order_by().values("pk")),
        called=lambda story: story.shown.title,
        concern_url=lambda story: reverse("reports:report", args=[story.slug]),
    )
)


@admin.register(Story)
class StoryAdmin(ManyMixin, Columns, ReadOnlyMixin, BaseAdmin):
    search_help_text = "Searches titles and web names of all stories, and for moderators the addresses of tellers."
    search_fields = ["latest__title", "slug"]
    show_full_result_count = False

    def get_queryset(self, request):
        return seen_by(request.user).prefetch_related("threads")

    def get_actions(self, request):
        return super().get_actions(request) if request.user.has_perm(workflow.MODERATOR) else {}

    def get_urls(self):
        def own(address, view, name):
            return path(address, self.admin_site.admin_view(view), name=f"stories_story_{name}")

        urls = [
            own("floods/", require_safe(partial(rate_limited.page, self)), "floods"),
            own("files/<uuid:key>/<str:name>", require_safe(staff_picture), "file"),
            own("<int:pk>/change/", require_safe(partial(review.read, self)), "change"),
            own("<int:pk>/decide/", require_POST(partial(review.decide, self)), "decide"),
            own("<int:pk>/on-it/", require_POST(partial(review.on_change, self)), "on_change"),
            own("<int:pk>/about/", require_POST(partial(review.about, self)), "about"),
            own("<int:pk>/preview/", require_safe(partial(story_preview.frame, self)), "preview"),
            own("<int:pk>/preview/page/", require_safe(partial(story_preview.page, self)), "preview_page"),
            own(
                "<int:pk>/pictures/<int:picture_pk>/",
                require_http_methods(["GET", "HEAD", "POST"])(partial(photo_pages.page, self)),
                "picture",
            ),
        ]
        return urls + [url for url in super().get_urls() if url.name == "stories_story_changelist"]
