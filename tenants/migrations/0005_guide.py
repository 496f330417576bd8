from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_limits")]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="guide_is_away",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
