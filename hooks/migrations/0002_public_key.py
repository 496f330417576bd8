from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hooks", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="hook",
            name="public_key",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
