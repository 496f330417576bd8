from django.db import migrations, models

from common.database.later_indexes import AddIndexLater


class Migration(migrations.Migration):
    dependencies = [("bulk", "0008_updated_items")]

    operations = [
        AddIndexLater(
            model_name="item",
            index=models.Index(
                fields=["operation_id", "account_id"],
                condition=models.Q(outcome="changed") | models.Q(outcome="updated"),
                name="bulk_item_touched",
            ),
        ),
    ]
