from django.db import migrations

from common.database.spared_indexes import DropFieldIndexes


class Migration(migrations.Migration):
    dependencies = [("oidc", "0004_runs_of_any_flow")]

    operations = [
        DropFieldIndexes("consent", "account"),
        DropFieldIndexes("devicegrant", "application"),
        DropFieldIndexes("dynamicregistration", "initial_access_token"),
        DropFieldIndexes("flowrun", "application", "user_flow", "expires_at"),
        DropFieldIndexes("grant", "application"),
        DropFieldIndexes("pushedrequest", "application"),
        DropFieldIndexes("usedassertion", "expires_at"),
        DropFieldIndexes("denied", "expires_at"),
        migrations.RemoveIndex("devicegrant", "oidc_devicegrant_expires"),
        migrations.RemoveIndex("grant", "oidc_grant_expires"),
        migrations.RemoveIndex("refreshtoken", "oidc_refreshtoken_expires"),
    ]
