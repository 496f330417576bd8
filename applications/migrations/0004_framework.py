from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0003_factors")]

    operations = [
        migrations.AddField(
            "application", "framework", models.CharField(blank=True, db_default="", default="", max_length=32)
        ),
    ]
