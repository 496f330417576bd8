from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="event", name="step", field=models.CharField(blank=True, db_default="", max_length=32)
        ),
        migrations.AddField(model_name="event", name="journey_id", field=models.UUIDField(null=True)),
    ]
