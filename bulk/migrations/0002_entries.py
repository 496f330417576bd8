from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bulk", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="stagedrow",
            name="entry",
            field=models.JSONField(db_default=models.Value({}, models.JSONField())),
        ),
        migrations.AlterField(
            model_name="operation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("import", "Import"),
                    ("block", "Block"),
                    ("unblock", "Unblock"),
                    ("end_sessions", "End sessions"),
                    ("delete", "Delete"),
                    ("restore", "Restore"),
                    ("add_to_group", "Add to a group"),
                    ("remove_from_group", "Remove from a group"),
                ],
                max_length=32,
            ),
        ),
    ]
