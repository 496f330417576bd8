from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0009_registered_dynamically"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="allows_device_grant",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="application",
            name="allows_token_exchange",
            field=models.BooleanField(default=False),
        ),
    ]
