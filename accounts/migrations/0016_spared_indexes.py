from django.db import migrations

from common.database.spared_indexes import DropFieldIndexes


class Migration(migrations.Migration):
    dependencies = [("accounts", "0015_deleted_groups")]

    operations = [
        DropFieldIndexes("groupmember", "account"),
    ]
