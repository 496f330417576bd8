from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("logs", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="seal",
            index=models.Index(fields=["up_to", "number"], name="logs_seal_up_to"),
        ),
    ]
