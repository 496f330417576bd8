import django.db.models.functions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="event", name="step", field=models.CharField(blank=True, db_default="", max_length=32)
        ),
        migrations.AddField(model_name="event", name="journey_id", field=models.UUIDField(null=True)),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                django.db.models.functions.Upper("actor_name"),
                models.F("at").desc(),
                models.F("id").desc(),
                condition=models.Q(account_id__isnull=True, actor_kind="customer"),
                name="audit_event_unknown",
            ),
        ),
    ]
