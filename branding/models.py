import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

DEFAULT = ""


class Branding(models.Model):
    """The look and words for one browser language, or the default (locale ""). An empty field falls back."""

    class Layout(models.TextChoices):
        FULL_SCREEN = "full_screen", _("Full-screen background")
        SPLIT = "split", _("Split: picture beside the form")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
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
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["locale"]
        constraints = [models.UniqueConstraint(fields=["locale"], name="branding_branding_locale")]

    def __str__(self) -> str:
        return f"branding for {self.locale}" if self.locale else "default branding"


class BrandingImage(models.Model):
    """An image of a branding, as encoded by us. `digest` (SHA-256 of the content) names it on the web."""

    class Kind(models.TextChoices):
        BANNER_LOGO = "banner_logo", _("Banner logo")
        BACKGROUND = "background", _("Background image")
        FAVICON = "favicon", _("Favicon")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    branding = models.ForeignKey(Branding, on_delete=models.CASCADE, related_name="images")
    kind = models.CharField(max_length=16, choices=Kind)
    content = models.BinaryField()
    content_type = models.CharField(max_length=32)
    width = models.IntegerField()
    height = models.IntegerField()
    # Without a ground put under it, it can't be seen on a dark page.
    is_dark = models.BooleanField(default=False)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branding", "kind"], name="branding_image_one_of_a_kind"),
        ]
        indexes = [models.Index(fields=["digest"], name="branding_image_digest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.branding}"


class ChangedSentence(models.Model):
    """A sentence of customer pages that a tenant says in words of its own, in one language, in all flows or in one.

    `texts` are its forms, as people edit them: one, or in a sentence that counts one for each kind of number.
    `instead_of` are the product's as they were then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    language = models.CharField(max_length=16)
    # Of a user flow, which is declared floors above; what deletes one forgets its words.
    user_flow = models.UUIDField(null=True)
    sentence = models.TextField()
    texts = models.JSONField()
    instead_of = models.JSONField()
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["language", "sentence"],
                condition=models.Q(user_flow__isnull=True),
                name="branding_changedsentence_in_all_flows",
            ),
            models.UniqueConstraint(
                fields=["user_flow", "language", "sentence"],
                condition=models.Q(user_flow__isnull=False),
                name="branding_changedsentence_in_a_flow",
            ),
        ]

    def __str__(self) -> str:
        return "words of customer pages"
