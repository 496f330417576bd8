from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("branding", "0014_backgrounds_of_logos")]

    operations = [
        migrations.AddField("languagesettings", "removed", models.JSONField(db_default=[], default=list)),
    ]
