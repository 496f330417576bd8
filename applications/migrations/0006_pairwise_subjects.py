from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0005_fapi")]

    operations = [
        migrations.AddField(
            "application", "subject_type", models.CharField(db_default="public", default="public", max_length=8)
        ),
        migrations.AddField(
            "application",
            "sector_identifier_uri",
            models.CharField(blank=True, db_default="", default="", max_length=2048),
        ),
    ]
