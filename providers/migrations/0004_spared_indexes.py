from django.db import migrations

from common.database.spared_indexes import DropForeignKeyIndexes


class Migration(migrations.Migration):
    dependencies = [("providers", "0003_saml")]

    operations = [
        DropForeignKeyIndexes("linkedidentity", "provider"),
    ]
