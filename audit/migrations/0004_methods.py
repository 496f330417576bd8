from django.db import migrations, models

from common.database.later_indexes import AddIndexLater


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_questions")]

    operations = [
        AddIndexLater(
            model_name="event",
            index=models.Index(
                fields=["method", "-at", "-id"],
                condition=~models.Q(method="") & ~models.Q(method="password") & ~models.Q(method="code"),
                name="audit_event_method",
            ),
        ),
    ]
