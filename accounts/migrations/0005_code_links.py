from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_passwords"),
    ]

    operations = [
        migrations.AddField(
            model_name="onetimecode",
            name="link_digest",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
