from django.db import migrations, models

SWITCHES = ("header", "reset", "cannot_access", "forgot_password", "privacy", "terms")
TEXTS = {"header_color": 7, "reset_url": 128, "cannot_access_text": 256, "forgot_password_text": 256}
KINDS = [
    ("banner_logo", "Banner logo"),
    ("banner_logo_dark", "Banner logo, dark"),
    ("background", "Background image"),
    ("favicon", "Favicon"),
    ("header_logo", "Header logo"),
    ("square_logo", "Square logo"),
    ("square_logo_dark", "Square logo, dark"),
]


class Migration(migrations.Migration):
    dependencies = [("branding", "0005_look")]

    operations = [
        *[migrations.AddField("branding", f"shows_{name}", models.BooleanField(null=True)) for name in SWITCHES],
        *[
            migrations.AddField(
                "branding", name, models.CharField(blank=True, db_default="", default="", max_length=length)
            )
            for name, length in TEXTS.items()
        ],
        migrations.AddField("branding", "custom_css", models.TextField(blank=True, db_default="", default="")),
        migrations.AlterField("brandingimage", "kind", models.CharField(choices=KINDS, max_length=16)),
    ]
