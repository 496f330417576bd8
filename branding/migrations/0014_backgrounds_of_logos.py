from django.db import migrations, models

NAMES = ("logo_background_color", "dark_logo_background_color")


class Migration(migrations.Migration):
    dependencies = [("branding", "0013_spared_indexes")]

    operations = [
        migrations.AddField("branding", name, models.CharField(blank=True, db_default="", default="", max_length=7))
        for name in NAMES
    ]
