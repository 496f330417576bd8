from django.db import migrations

from common.database.spared_indexes import DropForeignKeyIndexes


class Migration(migrations.Migration):
    dependencies = [("oidc", "0004_runs_of_any_flow")]

    operations = [
        DropForeignKeyIndexes("consent", "account"),
        DropForeignKeyIndexes("devicegrant", "application"),
        DropForeignKeyIndexes("dynamicregistration", "initial_access_token"),
        DropForeignKeyIndexes("flowrun", "application", "user_flow"),
        DropForeignKeyIndexes("grant", "application"),
        DropForeignKeyIndexes("pushedrequest", "application"),
    ]
