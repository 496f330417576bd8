from django.db import migrations, models

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
    dependencies = [("branding", "0008_languages")]

    operations = [
        migrations.AlterField("brandingimage", "kind", models.CharField(choices=KINDS, max_length=16)),
    ]
