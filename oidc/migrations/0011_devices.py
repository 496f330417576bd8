import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The table has been empty so far, so the new columns need no values for old rows."""

    dependencies = [
        ("applications", "0010_further_grants"),
        ("oidc", "0010_dynamic_registration"),
    ]

    operations = [
        migrations.RemoveField(model_name="devicegrant", name="user"),
        migrations.RemoveField(model_name="devicegrant", name="client_id"),
        migrations.AddField(
            model_name="devicegrant",
            name="application",
            field=models.ForeignKey(
                db_constraint=False,
                default=0,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="applications.application",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="devicegrant",
            name="apis",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="devicegrant",
            name="is_early",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="devicegrant",
            name="last_checked",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="devicegrant",
            constraint=models.UniqueConstraint(fields=("user_code",), name="oidc_devicegrant_user_code"),
        ),
        migrations.AddIndex(
            model_name="devicegrant",
            index=models.Index(fields=["expires"], name="oidc_devicegrant_expires"),
        ),
    ]
