"""Pictures, kept only as the clean copies we made of them (see images/), and what each use of one says about it.

A picture that nobody has described is on no page, and the public has it only while something published
shows it.
"""

import uuid
from collections.abc import Mapping
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import formats, timezone
from simple_history.models import HistoricalRecords

from cms.lib.queries import partial
from cms.media import crops
from cms.media.alternative_text import check_alternative_text
from cms.publishing.models.publishable import Publishable


class CleanCopy(models.Model):
    """The two files that are there at once."""

    folder = "images"  # where its files lie

    master = models.FileField(upload_to="images", editable=False)
    preview = models.FileField(upload_to="images", editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    preview_width = models.PositiveIntegerField(editable=False)

    class Meta:
        abstract = True


class PictureCopy(CleanCopy):
    """A clean copy and what is said of it."""

    class Licence(models.TextChoices):
        CC0 = "cc0", "CC0 (anybody may use it)"
        CC_BY = "cc-by-4", "CC BY 4.0"
        CC_BY_SA = "cc-by-sa-4", "CC BY-SA 4.0"
        OGL = "ogl-3", "Open Government Licence v3"
        PERMISSION = "permission", "Used with permission"
        OURS = "ours", "All rights reserved, ours"

    LICENCE_URLS = {
        Licence.CC0: "https://creativecommons.org/publicdomain/zero/1.0/",
        Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
        Licence.CC_BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/",
        Licence.OGL: "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    }

    alternative_text = models.CharField(
        "what it shows",
        max_length=250,
        blank=True,
        validators=[check_alternative_text],
        help_text="What would you tell a friend on the phone about this picture? One short sentence, read out by "
        "screen readers. Never the name of the file.",
    )
    credit = models.CharField(
        "who made it", max_length=120, blank=True, help_text="The name that stands under the picture."
    )
    licence = models.CharField(
        max_length=12,
        choices=Licence,
        blank=True,
        help_text="What lets us show it. It stands beside the name. If you do not know, ask before you use it.",
    )

    class Meta:
        abstract = True


class Sized(models.Model):
    """A picture in all its sizes, each at an address of its own: `address(name)` says where. Beside a CleanCopy; the
    sizes themselves, rows of a Size, are its `renditions`."""

    focal = (50, 50)  # what must stay in a crop, in percent from the left and from the top

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False, help_text="Part of every address of the picture.")
    widths = ArrayField(
        models.PositiveIntegerField(),
        default=list,
        editable=False,
        help_text="Of the sizes that are made, both as AVIF and as JPEG; none until all are.",
    )

    class Meta:
        abstract = True

    def get_absolute_url(self):
        return self.address("master.jpg")

    def address(self, name: str) -> str:
        raise NotImplementedError

    @property
    def is_ready(self) -> bool:
        return bool(self.widths)

    @property
    def preview_url(self):
        return self.address("preview.jpg")

    @property
    def preview_height(self):
        return max(1, round(self.height * self.preview_width / self.width))

    @property
    def avif_srcset(self):
        return self._srcset("avif")

    @property
    def jpeg_srcset(self):
        if self.is_ready:
            return self._srcset("jpg")
        return f"{self.preview_url} {self.preview_width}w, {self.get_absolute_url()} {self.width}w"

    def _srcset(self, kind):
        return ", ".join(f"{self.address(f'{width}.{kind}')} {width}w" for width in self.widths)

    @property
    def wide_url(self):
        return self.address("wide.jpg")

    @property
    def wide_size(self):
        return crops.size_of((self.width, self.height), crops.WIDE)


class ImageQuerySet(models.QuerySet):
    def described(self):
        return self.exclude(alternative_text="")

    def undescribed(self):
        return self.filter(alternative_text="")

    def unready(self):
        """Their sizes are not made yet, so no page that shows one can be published."""
        return self.filter(widths=[])

    def changeable_by(self, person):
        """Somebody whose rights are limited changes only what they uploaded. What they may do, permissions say."""
        return self.filter(uploaded_by=person) if person.is_limited and not person.is_superuser else self


class Image(Sized, PictureCopy):
    """A picture. Everything that shows it follows when it is replaced."""

    # What a page needs of one, by name; all of it plain.
    SHOWN = (
        "id",
        "key",
        "version",
        "width",
        "height",
        "preview_width",
        "widths",
        "alternative_text",
        "credit",
        "licence",
    )

    focal_x = models.PositiveSmallIntegerField(
        "from the left, in percent", default=50, validators=[MaxValueValidator(100)]
    )
    focal_y = models.PositiveSmallIntegerField(
        "from the top, in percent", default=50, validators=[MaxValueValidator(100)]
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField("added", auto_now_add=True)

    objects = ImageQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=["master", "preview", "width", "height", "preview_width", "key", "widths", "uploaded_by"]
    )

    key_query = ""  # a preview sets it to “?key=…” on what it shows, so that whoever has its link gets the picture

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "picture"

    def __str__(self):
        if self.alternative_text:
            return self.alternative_text
        at: Any = self._meta.get_field("created_at").to_python(self.created_at)  # a text, if read by queries.together
        added = timezone.localtime(at) if at else timezone.localtime()
        return f"Not described yet, added {formats.date_format(added, 'j F Y, H:i')}"

    def address(self, name: str) -> str:
        return reverse("media:image", args=[self.key, self.version, name]) + self.key_query

    @property
    def focal(self) -> crops.Size:  # type: ignore[override]
        return self.focal_x, self.focal_y

    @property
    def licence_url(self):
        return self.LICENCE_URLS.get(self.licence, "")

    @property
    def licence_words(self):
        """As readers see it."""
        if self.licence == self.Licence.OURS:
            return "All rights reserved"
        return self.get_licence_display().partition(" (")[0]

    def is_public(self) -> bool:
        """Whether something published shows it. Asks each kind of page that may hold a picture."""
        return any(model._default_manager.published().filter(**{path: self}).exists() for model, path in holders())


class Size(models.Model):
    """One size of a picture in one format. Made by the worker, all of a picture's at once."""

    name = models.CharField(max_length=20, help_text="The last part of its address: “640.avif”, “wide.jpg”.")
    format = models.CharField(max_length=4, choices=[("avif", "AVIF"), ("jpg", "JPEG")])
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField("bytes")
    file = models.FileField(upload_to="images")

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self):
        return self.name


class Rendition(Size):
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="renditions")

    class Meta(Size.Meta):
        constraints = [models.UniqueConstraint(fields=["image", "name"], name="each_size_of_a_picture_is_made_once")]


class Replacement(PictureCopy):
    """What a picture will be as soon as all sizes of it are made; until then everything shows the old one."""

    image = models.OneToOneField(Image, on_delete=models.CASCADE, related_name="replacement")
    use_words = models.JSONField(
        default=list,
        editable=False,
        help_text="What pages say of it in words of their own: “was” about the old picture, “words” about this one.",
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.alternative_text


def check_described(pk: Any) -> None:
    """Raises ValidationError for a picture that nobody has described yet."""
    if Image.objects.undescribed().filter(pk=pk).exists():
        raise ValidationError(
            "Nobody has said yet what this picture shows. Open it under “Pictures”, describe it, and choose it again.",
            code="undescribed",
        )


class PictureUse(models.Model):
    """A picture on one page, and what it is there for."""

    SHOWN = {
        name: name
        for name in ("alternative_text", "is_decorative", "caption", *(f"image__{field}" for field in Image.SHOWN))
    }

    image = models.ForeignKey(
        Image, on_delete=models.PROTECT, related_name="+", verbose_name="picture", validators=[check_described]
    )
    alternative_text = models.CharField(
        "what it shows here",
        max_length=250,
        blank=True,
        validators=[check_alternative_text],
        help_text="Leave this empty to use the picture’s own description. Fill it in if something else about the "
        "picture matters on this page.",
    )
    is_decorative = models.BooleanField(
        "it is only decoration",
        default=False,
        help_text="Screen readers then leave it out. For few pictures is this so.",
    )
    caption = models.CharField(max_length=250, blank=True, help_text="Stands under the picture, before who made it.")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["order", "pk"]
        verbose_name = "picture on the page"
        verbose_name_plural = "pictures on the page"
        constraints = [
            models.CheckConstraint(
                condition=Q(is_decorative=False) | Q(alternative_text=""),
                name="%(class)s_that_is_decorative_has_no_text",
                violation_error_message="A picture that is only decoration has no words. Untick that, or empty them.",
            )
        ]

    def __str__(self):
        return str(self.image)

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Self:
        """From one dictionary of a list made with SHOWN (see queries.listed)."""
        of_image = {name.removeprefix("image__"): value for name, value in row.items() if name.startswith("image__")}
        own = {name: value for name, value in row.items() if not name.startswith("image__")}
        return cls(image=partial(Image, of_image), **own)

    @classmethod
    def page_name(cls) -> str:
        """Of the field that leads to the page it is on."""
        links: list[Any] = [field for field in cls._meta.concrete_fields if field.many_to_one]
        return next(field.name for field in links if issubclass(field.related_model, Publishable))

    @property
    def page(self) -> Publishable:
        return getattr(self, self.page_name())

    @property
    def words(self) -> str:
        """What is read out instead of the picture."""
        return "" if self.is_decorative else self.alternative_text or self.image.alternative_text


def use_models() -> list[type[PictureUse]]:
    return [relation.related_model for relation in _leading_here() if issubclass(relation.related_model, PictureUse)]


def holders() -> list[tuple[type[Publishable], str]]:
    """Each kind of page that may hold a picture, and the path from the page to it."""
    found: list[tuple[type[Publishable], str]] = [
        (relation.related_model, relation.field.name)
        for relation in _leading_here()
        if issubclass(relation.related_model, Publishable)
    ]
    for model in use_models():
        field: Any = model._meta.get_field(model.page_name())
        found.append((field.related_model, f"{field.related_query_name()}__image"))
    return found


def _leading_here() -> list[Any]:
    return [field for field in Image._meta.get_fields(include_hidden=True) if field.one_to_many]
