from django.db import migrations

from common.database.spared_indexes import DropForeignKeyIndexes


class Migration(migrations.Migration):
    dependencies = [("logs", "0002_seal_up_to")]

    operations = [
        DropForeignKeyIndexes("delivery", "destination"),
    ]
