from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0004_framework")]

    operations = [
        migrations.AddField("application", name, models.BooleanField(db_default=False, default=False))
        for name in ("follows_fapi", "requires_signed_requests")
    ]
