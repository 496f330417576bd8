from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bulk", "0004_unique_values")]

    operations = [
        migrations.AlterField(
            model_name="operation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("import", "Import"),
                    ("block", "Block"),
                    ("unblock", "Unblock"),
                    ("end_sessions", "End sessions"),
                    ("require_password", "Require a new password"),
                    ("send_link", "Send a link to a new password"),
                    ("invite_again", "Invite again"),
                    ("delete", "Delete"),
                    ("restore", "Restore"),
                    ("add_to_group", "Add to a group"),
                    ("remove_from_group", "Remove from a group"),
                ],
                max_length=32,
            ),
        ),
    ]
