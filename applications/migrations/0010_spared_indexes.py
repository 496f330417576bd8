from django.db import migrations

from common.database.spared_indexes import DropFieldIndexes


class Migration(migrations.Migration):
    dependencies = [("applications", "0009_counted_factors")]

    operations = [
        DropFieldIndexes("apiscope", "application"),
        DropFieldIndexes("application", "user_flow"),
        DropFieldIndexes("approle", "application"),
        DropFieldIndexes("claimrule", "application"),
        DropFieldIndexes("roleassignment", "role"),
        DropFieldIndexes("rolepermission", "application", "role"),
        DropFieldIndexes("scopepermission", "application", "scope"),
    ]
