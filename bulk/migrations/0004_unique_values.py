from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bulk", "0003_user_names")]

    operations = [
        migrations.AddField(
            model_name="stagedrow",
            name="unique_values",
            field=models.JSONField(db_default=models.Value({}, models.JSONField())),
        ),
    ]
