"""The record of decisions, to be read, searched and exported; never changed."""

import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Exists, OuterRef
from django.urls import NoReverseMatch, path, reverse
from django.utils import dateparse, formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from cms.audit import audit_log
from cms.audit.models import AuditEvent
from cms.backoffice.base_admin import BaseAdmin, ReadOnlyMixin
from cms.lib import datetime_fields, xlsx
from cms.lib.queries import number
from cms.requests import reauthentication

COLUMNS = [
    xlsx.Column("When (Derby time)"),
    xlsx.Column("When (UTC)", is_utc=True),
    xlsx.Column("Who", width=32),
    xlsx.Column("What", width=28),
    xlsx.Column("Kind of thing"),
    xlsx.Column("About", width=48),
    xlsx.Column("From", width=48),
    xlsx.Column("To", width=48),
    xlsx.Column("Why", width=48),
    xlsx.Column("Set beforehand for (Derby time)"),
]


class KindFilter(admin.SimpleListFilter):
    title = "kind of thing"
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        lines = AuditEvent.objects.filter(content_type=OuterRef("pk"))
        kinds = ContentType.objects.filter(Exists(lines)).order_by("app_label", "model")
        return [(str(kind.pk), capfirst(kind.name)) for kind in kinds]

    def queryset(self, request, queryset):
        return queryset.filter(content_type=number(self.value()) or 0) if self.value() else queryset


class PersonFilter(admin.SimpleListFilter):
    title = "who"
    parameter_name = "who"

    def lookups(self, request, model_admin):
        lines = AuditEvent.objects.filter(by=OuterRef("pk"))
        people = get_user_model()._default_manager.filter(Exists(lines))
        return [(str(person.pk), str(person)) for person in people] + [
            ("portal", "The portal itself"),
            ("outside", "Somebody outside"),
        ]

    def queryset(self, request, queryset):
        if self.value() == "portal":
            return queryset.filter(by=None, by_words=audit_log.THE_PORTAL)
        if self.value() == "outside":
            return queryset.filter(by=None).exclude(by_words=audit_log.THE_PORTAL)
        return queryset.filter(by=number(self.value()) or 0) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyMixin, BaseAdmin):
    list_display = ["when", "who", "action", "kind", "about", "note"]
    list_filter = ["action", KindFilter, PersonFilter]
    date_hierarchy = "at"
    list_select_related = ["content_type"]
    search_fields = ["by_words", "object_words", "note"]
    search_help_text = "Searches who did it, what it was about, and why."
    show_full_result_count = False
    actions = None
    readonly_fields = ["when", "who", "action", "kind", "leads_to", "difference", "note", "due"]
    fieldsets = [(None, {"fields": ["when", "who", "action", "kind", "leads_to", "difference", "note", "due"]})]
    form_select_related = ["content_type"]

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.export))
        return [path("export/", view, name="cms_auditevent_export"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        may_export = request.user.has_perm("cms.export_auditevent")
        address = f"{reverse(f'{self.admin_site.name}:cms_auditevent_export')}?{request.GET.urlencode()}"
        return super().changelist_view(request, (extra_context or {}) | {"export_url": address if may_export else ""})

    def export(self, request):
        """What the list shows, with the same search and filters."""
        if not request.user.has_perm("cms.export_auditevent") or not self.has_view_permission(request):
            raise PermissionDenied
        reauthentication.ask_again(request)
        try:
            lines = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            raise BadRequest("a filter that is none") from None
        narrowed = {
            name: value for name, value in request.GET.items() if name != "q"
        }  # what was searched may be a name
        audit_log.write(AuditEvent.Action.EXPORTED, AuditEvent, by=request.user, new=narrowed | {"rows": lines.count()})
        lines = lines.select_related("content_type")
        return xlsx.download(xlsx.xlsx(COLUMNS, map(_row, lines.iterator(chunk_size=2000))), "record")

    @admin.display(description="When", ordering="at")
    def when(self, line):
        return _moment(line.at)

    @admin.display(description="Who", ordering="by_words")
    def who(self, line):
        return line.by_words

    @admin.display(description="Kind of thing")
    def kind(self, line):
        return _kind(line)

    @admin.display(description="About", ordering="object_words")
    def about(self, line):
        return line.object_words or "–"

    @admin.display(description="About")
    def leads_to(self, line):
        """A link to the thing's form, as long as there is both."""
        model = line.content_type and line.content_type.model_class()
        if line.object_id is None or model is None or not model._base_manager.filter(pk=line.object_id).exists():
            return self.about(line)
        name = f"{self.admin_site.name}:{model._meta.app_label}_{model._meta.model_name}_change"
        try:
            return format_html('<a href="{}">{}</a>', reverse(name, args=[line.object_id]), line.object_words)
        except NoReverseMatch:
            return self.about(line)

    @admin.display(description="From what to what")
    def difference(self, line):
        names = dict.fromkeys([*line.old, *line.new])
        if not names:
            return "–"
        rows = ((name, _in_words(line.old.get(name)), _in_words(line.new.get(name))) for name in names)
        each = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>', rows)
        head = '<tr><th scope="col">What</th><th scope="col">From</th><th scope="col">To</th></tr>'
        return format_html(f"<table><thead>{head}</thead><tbody>{{}}</tbody></table>", each)

    @admin.display(description="Set beforehand for", empty_value="–")
    def due(self, line):
        return line.due_at and _moment(line.due_at)


def _moment(at):
    """Derby time to read, and UTC for whoever asks."""
    utc = at.astimezone(datetime.UTC)
    derby = formats.date_format(timezone.localtime(at), "j F Y, H:i:s")
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>', utc.isoformat(), utc.strftime("%Y-%m-%d %H:%M:%S"), derby
    )


def _kind(line) -> str:
    return capfirst(line.content_type.name) if line.content_type else "–"


def _in_words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nothing"
    if value in (None, ""):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    at, day = (_read(parse, value) for parse in (dateparse.parse_datetime, dateparse.parse_date))
    if at and timezone.is_aware(at):
        return datetime_fields.in_words(at)
    return formats.date_format(day, "j F Y") if day else str(value)


def _read(parse, value):
    try:
        return parse(value) if isinstance(value, str) else None
    except ValueError:  # looks like one, and is none
        return None


def _row(line) -> list[Any]:
    def told(values):
        return "; ".join(f"{name}: {_in_words(value)}" for name, value in values.items())

    kind = _kind(line) if line.content_type else ""
    what = line.get_action_display()
    old, new = told(line.old), told(line.new)
    return [line.at, line.at, line.by_words, what, kind, line.object_words, old, new, line.note, line.due_at]
