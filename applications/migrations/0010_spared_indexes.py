from django.db import migrations

from common.database.spared_indexes import DropForeignKeyIndexes


class Migration(migrations.Migration):
    dependencies = [("applications", "0009_counted_factors")]

    operations = [
        DropForeignKeyIndexes("apiscope", "application"),
        DropForeignKeyIndexes("application", "user_flow"),
        DropForeignKeyIndexes("approle", "application"),
        DropForeignKeyIndexes("claimrule", "application"),
        DropForeignKeyIndexes("roleassignment", "role"),
        DropForeignKeyIndexes("rolepermission", "application", "role"),
        DropForeignKeyIndexes("scopepermission", "application", "scope"),
    ]
