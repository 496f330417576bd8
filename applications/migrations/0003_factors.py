from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0002_last_use"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="second_factor",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
    ]
