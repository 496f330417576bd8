from django.db import migrations

from common.database.spared_indexes import DropFieldIndexes


class Migration(migrations.Migration):
    dependencies = [("providers", "0003_saml")]

    operations = [
        DropFieldIndexes("linkedidentity", "provider"),
    ]
