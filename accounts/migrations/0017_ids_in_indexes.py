"""Indexes that hold the ID of each account, so that a list is walked in their order without reading a row."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_spared_indexes"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                fields=("canonical_email",), include=("id",), name="accounts_account_address"
            ),
        ),
        migrations.RemoveConstraint(model_name="account", name="accounts_account_email"),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                fields=["client_id", "-last_sign_in_at", "-account"],
                condition=~models.Q(client_id=""),
                name="accounts_activity_at_client",
            ),
        ),
        migrations.RemoveIndex(model_name="activity", name="accounts_activity_client"),
    ]
