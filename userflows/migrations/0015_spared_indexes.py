from django.db import migrations

from common.database.spared_indexes import DropForeignKeyIndexes


class Migration(migrations.Migration):
    dependencies = [("userflows", "0014_layout_versions")]

    operations = [
        DropForeignKeyIndexes("flowattribute", "user_flow"),
        DropForeignKeyIndexes("journey", "user_flow"),
        DropForeignKeyIndexes("layoutversion", "user_flow"),
    ]
