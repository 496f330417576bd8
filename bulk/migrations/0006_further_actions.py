from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bulk", "0005_more_actions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="operation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("import", "Import"),
                    ("block", "Block"),
                    ("unblock", "Unblock"),
                    ("unlock", "Lift lockouts"),
                    ("end_sessions", "End sessions"),
                    ("require_password", "Require a new password"),
                    ("send_link", "Send a link to a new password"),
                    ("remove_password", "Remove passwords"),
                    ("remove_factors", "Remove second factors"),
                    ("invite_again", "Invite again"),
                    ("withdraw_invitation", "Withdraw invitations"),
                    ("delete", "Delete"),
                    ("cancel_deletion", "Keep accounts"),
                    ("restore", "Restore"),
                    ("purge", "Delete permanently"),
                    ("add_to_group", "Add to a group"),
                    ("remove_from_group", "Remove from a group"),
                ],
                max_length=32,
            ),
        ),
    ]
