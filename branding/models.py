import uuid
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _

from branding.looks.crops import Crop
from branding.policies import NOTE_LENGTH
from common.database.published import PublishedValue

DEFAULT = ""
TENANTS_BRAND = "company branding"


class ThemeQuerySet(models.QuerySet["Theme"]):
    """Themes."""

    def told(self) -> "ThemeQuerySet":
        """By name, each with whether anything of it is published."""
        published = BrandVersion.objects.filter(theme=models.OuterRef("pk"), number__isnull=False)
        return self.order_by("name").annotate(is_published=models.Exists(published))


class Theme(models.Model):
    """A brand of its own for some applications. What it leaves empty falls back to the tenant's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ThemeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ThemedApplication(models.Model):
    """That an application's customers see a theme: one at most. Applications are known by their client IDs here."""

    client_id = models.CharField(max_length=100, primary_key=True)
    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, db_index=False, related_name="applications")

    def __str__(self) -> str:
        return f"{self.client_id} in {self.theme}"


class OfOneBrand(models.QuerySet[Any]):
    """Rows that belong to the tenant's brand, or to a theme's."""

    def of_brand(self, theme: Theme | None) -> Self:
        """Those of the theme, or the tenant's own."""
        return self.filter(theme=theme)


class Branding(models.Model):
    """The draft of the look and words for one browser language, or of the default (locale ""), of a theme or of the
    tenant's own brand. An empty field falls back. Customers see none of it until it is published.
    """

    class Layout(models.TextChoices):
        FULL_SCREEN = "full_screen", _("Full-screen background")
        SPLIT = "split", _("Split: picture beside the form")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    theme = models.ForeignKey(
        Theme, on_delete=models.CASCADE, null=True, blank=True, db_index=False, related_name="brandings"
    )
    locale = models.CharField(max_length=16, blank=True)
    layout = models.CharField(max_length=16, choices=Layout, blank=True)
    background_color = models.CharField(max_length=7, blank=True)
    accent_color = models.CharField(max_length=7, blank=True)
    username_hint = models.CharField(max_length=64, blank=True)
    sign_in_page_text = models.CharField(max_length=1024, blank=True)
    shows_footer = models.BooleanField(null=True)
    privacy_text = models.CharField(max_length=256, blank=True)
    privacy_url = models.CharField(max_length=128, blank=True)
    terms_text = models.CharField(max_length=256, blank=True)
    terms_url = models.CharField(max_length=128, blank=True)
    # What stands in mails alone. A release before doesn't name these columns when it makes a row.
    reply_to = models.CharField(max_length=254, blank=True, default="", db_default="")
    support_url = models.CharField(max_length=128, blank=True, default="", db_default="")
    legal_lines = models.CharField(max_length=512, blank=True, default="", db_default="")
    # The header, what customers can't get in by, single links, and CSS: likewise.
    shows_header = models.BooleanField(null=True)
    header_color = models.CharField(max_length=7, blank=True, default="", db_default="")
    shows_reset = models.BooleanField(null=True)
    reset_url = models.CharField(max_length=128, blank=True, default="", db_default="")
    shows_cannot_access = models.BooleanField(null=True)
    cannot_access_text = models.CharField(max_length=256, blank=True, default="", db_default="")
    shows_forgot_password = models.BooleanField(null=True)
    forgot_password_text = models.CharField(max_length=256, blank=True, default="", db_default="")
    shows_privacy = models.BooleanField(null=True)
    shows_terms = models.BooleanField(null=True)
    custom_css = models.TextField(blank=True, default="", db_default="")
    # Which values a choice has is told by `branding.looks.choices`.
    surface_color = models.CharField(max_length=7, blank=True, default="", db_default="")
    dark_accent_color = models.CharField(max_length=7, blank=True, default="", db_default="")
    dark_background_color = models.CharField(max_length=7, blank=True, default="", db_default="")
    dark_surface_color = models.CharField(max_length=7, blank=True, default="", db_default="")
    color_scheme = models.CharField(max_length=16, blank=True, default="", db_default="")
    font = models.CharField(max_length=16, blank=True, default="", db_default="")
    corner_radius = models.CharField(max_length=16, blank=True, default="", db_default="")
    spacing = models.CharField(max_length=16, blank=True, default="", db_default="")
    button_style = models.CharField(max_length=16, blank=True, default="", db_default="")
    input_style = models.CharField(max_length=16, blank=True, default="", db_default="")
    logo_placement = models.CharField(max_length=16, blank=True, default="", db_default="")
    logo_size = models.CharField(max_length=16, blank=True, default="", db_default="")
    logo_background_color = models.CharField(max_length=7, blank=True, default="", db_default="")
    dark_logo_background_color = models.CharField(max_length=7, blank=True, default="", db_default="")
    updated_at = models.DateTimeField(auto_now=True)
    # Who changed it last, by the name that an event would have.
    changed_by = models.CharField(max_length=320, blank=True, default="", db_default="")

    objects = OfOneBrand.as_manager()

    class Meta:
        ordering = ["locale"]
        constraints = [
            models.UniqueConstraint(
                fields=["locale"], condition=models.Q(theme__isnull=True), name="branding_branding_locale"
            ),
            models.UniqueConstraint(fields=["theme", "locale"], name="branding_branding_theme_locale"),
        ]

    def __str__(self) -> str:
        return f"branding for {self.locale}" if self.locale else "default branding"


class BrandVersion(PublishedValue):
    """All languages of a brand as they were published together, looks and words; the newest is what customers see.

    One without a number waits to be published when it is due. `content` is what `branding.brands.content` writes,
    `pictures` are the digests of the images it names: they are kept as long as it is. `changes` are the places in which
    it differs from the version before, as `locale/field`; of those that are `locale/words`, `sentences` says how many
    there are, by locale.
    """

    theme = models.ForeignKey(
        Theme, on_delete=models.CASCADE, null=True, blank=True, db_index=False, related_name="versions"
    )
    pictures = ArrayField(models.CharField(max_length=64), default=list)
    sentences = models.JSONField(default=dict, db_default={})

    objects = OfOneBrand.as_manager()

    class Meta(PublishedValue.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=models.Q(theme__isnull=True), name="branding_version_number"
            ),
            models.UniqueConstraint(fields=["theme", "number"], name="branding_version_theme_number"),
            models.CheckConstraint(
                condition=models.Q(number__isnull=False, published_at__isnull=False)
                | models.Q(number__isnull=True, published_at__isnull=True, due_at__isnull=False),
                name="branding_version_published_or_due",
            ),
        ]

    def __str__(self) -> str:
        return str(self.theme) if self.theme_id else TENANTS_BRAND

    @property
    def number_of_changes(self) -> int:
        """With each sentence; where an earlier release has published it, with each language of sentences."""
        sentences: dict[str, int] = self.sentences
        return super().number_of_changes - len(sentences) + sum(sentences.values())


class DraftLinkQuerySet(OfOneBrand):
    """Links to drafts."""

    def of_brand(self, theme: Theme | None) -> Self:
        """Those to the draft of the theme, or of the tenant's own brand."""
        return self.filter(theme=theme, user_flow=None)

    def of_flow(self, user_flow: uuid.UUID) -> Self:
        """Those to the draft of the page layout of this user flow."""
        return self.filter(user_flow=user_flow)

    def alive(self) -> Self:
        """Those whose time isn't over."""
        return self.filter(until__gt=Now())


class DraftLink(models.Model):
    """A link by which whoever has it sees a draft until its time is over: that of a brand, or of the page layout of a
    user flow. `digest` is that of its token, `note` says what it is for, and `opened_at` when the draft was last looked
    at by it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    theme = models.ForeignKey(
        Theme, on_delete=models.CASCADE, null=True, blank=True, db_index=False, related_name="links"
    )
    # Which is declared floors above; what deletes one forgets its links.
    user_flow = models.UUIDField(null=True)
    digest = models.CharField(max_length=64, unique=True)
    note = models.CharField(max_length=NOTE_LENGTH, blank=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=320, blank=True)
    made_at = models.DateTimeField(db_default=Now())
    until = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)

    objects = DraftLinkQuerySet.as_manager()

    class Meta:
        ordering = ["until"]

    def __str__(self) -> str:
        return f"link to the draft of {self.theme}" if self.theme_id else "link to the draft"


class BrandingImageQuerySet(models.QuerySet["BrandingImage"]):
    """Images."""

    def with_digest(self, digest: str) -> "BrandingImageQuerySet":
        """Those of this content, the best first: an earlier release made no WebP and no palette, and kept no whole.

        Of several as good, the first one belongs to no branding.
        """
        return self.filter(digest=digest).order_by(
            IsNull(models.F("whole"), True),
            models.F("palette").desc(nulls_last=True),
            IsNull(models.F("webp"), True),
            models.F("branding").asc(nulls_first=True),
        )

    def of_draft(self, theme: Theme | None, locale: str) -> "BrandingImageQuerySet":
        """Those of the draft of a brand, for a locale."""
        return self.filter(branding__theme=theme, branding__locale=locale)

    def croppable(self) -> "BrandingImageQuerySet":
        """Those of which a part can be shown."""
        return self.filter(whole__isnull=False)


class BrandingImage(models.Model):
    """An image of a branding, as encoded by us. `digest` (SHA-256 of the content) names it on the web.

    One that belongs to no branding any more is kept for the versions that name it.
    """

    class Kind(models.TextChoices):
        BANNER_LOGO = "banner_logo", _("Banner logo")
        BANNER_LOGO_DARK = "banner_logo_dark", _("Banner logo, dark")
        BACKGROUND = "background", _("Background image")
        FAVICON = "favicon", _("Favicon")
        HEADER_LOGO = "header_logo", _("Header logo")
        SQUARE_LOGO = "square_logo", _("Square logo")
        SQUARE_LOGO_DARK = "square_logo_dark", _("Square logo, dark")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    branding = models.ForeignKey(Branding, on_delete=models.SET_NULL, null=True, db_index=False, related_name="images")
    kind = models.CharField(max_length=16, choices=Kind)
    content = models.BinaryField()
    content_type = models.CharField(max_length=32)
    # The same for browsers that can read it; none where that is no smaller, or an earlier release has made the row.
    webp = models.BinaryField(null=True)
    # The colours of a mark, as #rrggbb; likewise.
    palette = ArrayField(models.CharField(max_length=7), null=True)
    width = models.IntegerField()
    height = models.IntegerField()
    # Without a ground put under it, it can't be seen on a dark page.
    is_dark = models.BooleanField(default=False)
    digest = models.CharField(max_length=64)
    # The whole picture as PNG or WebP, where its shape is off for its place; likewise.
    whole = models.BinaryField(null=True)
    # The part of it that the content shows, as the numbers of a `Crop`; none if that is all of it.
    crop = ArrayField(models.SmallIntegerField(), null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = BrandingImageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branding", "kind"], name="branding_image_one_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.branding}"

    @property
    def part(self) -> Crop | None:
        """The part of the whole that is shown; None if all of it is."""
        return Crop(*self.crop) if self.crop else None


CROPS = {f"{kind}_crop": kind for kind in BrandingImage.Kind}
"""The kinds of pictures, by the names under which people say how each is shown."""


class LanguageSettings(models.Model):
    """Which languages customers can choose; without a row, as `branding.languages.offered.LanguageRules` says."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    offered = ArrayField(models.CharField(max_length=16), default=list)
    default = models.CharField(max_length=16)
    # Those of the tenant's own, each as the fields of an `OwnLanguage`.
    own = models.JSONField(default=list, db_default=[])
    # Codes and names of those that are no longer there.
    removed = models.JSONField(default=list, db_default=[])

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="branding_languagesettings_one")]

    def __str__(self) -> str:
        return "languages of customer pages"


class ChangedSentence(models.Model):
    """The draft of a sentence that a tenant says in words of its own, in one language: in all flows, in one, or for the
    applications of a theme. Customers read none of it until the brand is published.

    `texts` are its forms, as people edit them: one, or in a sentence that counts one for each kind of number.
    `instead_of` are the product's as they were then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    language = models.CharField(max_length=16)
    # Of a user flow, which is declared floors above; what deletes one forgets its words.
    user_flow = models.UUIDField(null=True)
    theme = models.ForeignKey(
        Theme, on_delete=models.CASCADE, null=True, blank=True, db_index=False, related_name="sentences"
    )
    sentence = models.TextField()
    texts = models.JSONField()
    instead_of = models.JSONField()
    updated_at = models.DateTimeField(db_default=Now())

    objects = OfOneBrand.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["language", "sentence"],
                condition=models.Q(user_flow__isnull=True, theme__isnull=True),
                name="branding_changedsentence_in_all_flows",
            ),
            models.UniqueConstraint(
                fields=["theme", "language", "sentence"],
                condition=models.Q(theme__isnull=False),
                name="branding_changedsentence_in_a_theme",
            ),
            models.CheckConstraint(
                condition=models.Q(user_flow__isnull=True) | models.Q(theme__isnull=True),
                name="branding_changedsentence_in_a_flow_or_a_theme",
            ),
            models.UniqueConstraint(
                fields=["user_flow", "language", "sentence"],
                condition=models.Q(user_flow__isnull=False),
                name="branding_changedsentence_in_a_flow",
            ),
        ]

    def __str__(self) -> str:
        return "words of customer pages"
