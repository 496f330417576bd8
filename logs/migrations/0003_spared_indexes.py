from django.db import migrations

from common.database.spared_indexes import DropFieldIndexes


class Migration(migrations.Migration):
    dependencies = [("logs", "0002_seal_up_to")]

    operations = [
        DropFieldIndexes("delivery", "destination"),
    ]
