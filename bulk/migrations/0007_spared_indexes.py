from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("bulk", "0006_further_actions")]

    operations = [migrations.RemoveIndex("operation", "bulk_operation_newest")]
