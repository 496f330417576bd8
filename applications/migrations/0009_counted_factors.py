from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0008_encrypted_tokens"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="factors",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
