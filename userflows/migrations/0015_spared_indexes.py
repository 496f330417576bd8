from django.db import migrations

from common.database.spared_indexes import DropFieldIndexes


class Migration(migrations.Migration):
    dependencies = [("userflows", "0014_layout_versions")]

    operations = [
        DropFieldIndexes("flowattribute", "user_flow"),
        DropFieldIndexes("journey", "user_flow"),
        DropFieldIndexes("layoutversion", "user_flow"),
    ]
