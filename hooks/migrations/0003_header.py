from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hooks", "0002_public_key"),
    ]

    operations = [
        migrations.AddField(
            model_name="hook",
            name="header",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="hook",
            name="sealed_header",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
