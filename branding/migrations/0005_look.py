import django.contrib.postgres.fields
from django.db import migrations, models

COLORS = ("surface_color", "dark_accent_color", "dark_background_color", "dark_surface_color")
CHOICES = (
    "color_scheme",
    "font",
    "corner_radius",
    "spacing",
    "button_style",
    "input_style",
    "logo_placement",
    "logo_size",
)


def text(name: str, length: int) -> migrations.AddField:
    """A column that a release before doesn't name when it makes a row."""
    field = models.CharField(blank=True, db_default="", default="", max_length=length)
    return migrations.AddField(model_name="branding", name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [("branding", "0004_changed_sentences")]

    operations = [
        *(text(name, 7) for name in COLORS),
        *(text(name, 16) for name in CHOICES),
        migrations.AddField(model_name="brandingimage", name="webp", field=models.BinaryField(null=True)),
        migrations.AddField(
            model_name="brandingimage",
            name="palette",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=7), null=True, size=None
            ),
        ),
        migrations.AlterField(
            model_name="brandingimage",
            name="kind",
            field=models.CharField(
                choices=[
                    ("banner_logo", "Banner logo"),
                    ("banner_logo_dark", "Banner logo, dark"),
                    ("background", "Background image"),
                    ("favicon", "Favicon"),
                ],
                max_length=16,
            ),
        ),
    ]
