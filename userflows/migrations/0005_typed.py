from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("userflows", "0004_application_look"),
    ]

    operations = [
        migrations.AddField(
            model_name="journey",
            name="typed",
            field=models.JSONField(default=dict),
        ),
    ]
