import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Branding",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("locale", models.CharField(blank=True, max_length=16)),
                (
                    "layout",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("full_screen", "Full-screen background"),
                            ("split", "Split: picture beside the form"),
                        ],
                        max_length=16,
                    ),
                ),
                ("background_color", models.CharField(blank=True, max_length=7)),
                ("accent_color", models.CharField(blank=True, max_length=7)),
                ("username_hint", models.CharField(blank=True, max_length=64)),
                ("sign_in_page_text", models.CharField(blank=True, max_length=1024)),
                ("shows_footer", models.BooleanField(null=True)),
                ("privacy_text", models.CharField(blank=True, max_length=256)),
                ("privacy_url", models.CharField(blank=True, max_length=128)),
                ("terms_text", models.CharField(blank=True, max_length=256)),
                ("terms_url", models.CharField(blank=True, max_length=128)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["locale"],
                "constraints": [models.UniqueConstraint(fields=("locale",), name="branding_branding_locale")],
            },
        ),
        migrations.CreateModel(
            name="BrandingImage",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("banner_logo", "Banner logo"),
                            ("background", "Background image"),
                            ("favicon", "Favicon"),
                        ],
                        max_length=16,
                    ),
                ),
                ("content", models.BinaryField()),
                ("content_type", models.CharField(max_length=32)),
                ("width", models.IntegerField()),
                ("height", models.IntegerField()),
                ("is_dark", models.BooleanField(default=False)),
                ("digest", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "branding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="images", to="branding.branding"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["digest"], name="branding_image_digest")],
                "constraints": [
                    models.UniqueConstraint(fields=("branding", "kind"), name="branding_image_one_of_a_kind")
                ],
            },
        ),
    ]
