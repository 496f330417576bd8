from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("userflows", "0010_journeys_unconstrained"),
    ]

    operations = [
        migrations.AddField(
            model_name="userflow",
            name="verifies_last",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="userflow",
            name="sends_welcome",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="userflow",
            name="finished_url",
            field=models.CharField(blank=True, db_default="", default="", max_length=128),
        ),
    ]
