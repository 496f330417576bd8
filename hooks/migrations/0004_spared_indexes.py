from django.db import migrations

from common.database.spared_indexes import DropFieldIndexes


class Migration(migrations.Migration):
    dependencies = [("hooks", "0003_header")]

    operations = [
        DropFieldIndexes("delivery", "hook"),
    ]
