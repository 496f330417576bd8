from django.db import migrations, models

import userflows.models


class Migration(migrations.Migration):
    dependencies = [
        ("userflows", "0003_mail_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="journey",
            name="second_factor",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
        migrations.AddField(
            model_name="userflow",
            name="factors",
            field=models.JSONField(
                db_default=models.Value(["app"], models.JSONField()), default=userflows.models.usual_factors
            ),
        ),
        migrations.AddField(
            model_name="userflow",
            name="remember_days",
            field=models.PositiveSmallIntegerField(db_default=30, default=30),
        ),
        migrations.AddField(
            model_name="userflow",
            name="second_factor",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
    ]
