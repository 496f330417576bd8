from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform


class Migration(migrations.Migration):
    dependencies = [("bulk", "0002_entries")]

    operations = [
        migrations.AddIndex(
            model_name="stagedrow",
            index=models.Index(
                models.F("operation_id"),
                KeyTextTransform("user_name", "columns"),
                condition=models.Q(("columns__has_key", "user_name")),
                name="bulk_stagedrow_user_name",
            ),
        ),
    ]
