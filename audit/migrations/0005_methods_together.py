from django.db import migrations, models

from common.database.later_indexes import AddIndexLater


class Migration(migrations.Migration):
    """No row is written anew for it. A partial index on the column would be, by who keeps everybody from writing."""

    dependencies = [("audit", "0004_methods")]

    operations = [
        migrations.RemoveIndex(model_name="event", name="audit_event_method"),
        migrations.AlterField(model_name="event", name="method", field=models.TextField(blank=True)),
        AddIndexLater(
            model_name="event",
            index=models.Index(
                fields=["method", "-at", "-id"],
                condition=~models.Q(method="") & ~models.Q(method="password") & ~models.Q(method="code"),
                name="audit_event_method",
            ),
        ),
    ]
