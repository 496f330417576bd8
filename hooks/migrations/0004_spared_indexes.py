from django.db import migrations

from common.database.spared_indexes import DropForeignKeyIndexes


class Migration(migrations.Migration):
    dependencies = [("hooks", "0003_header")]

    operations = [
        DropForeignKeyIndexes("delivery", "hook"),
    ]
