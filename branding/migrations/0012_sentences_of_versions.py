from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("branding", "0011_crops")]

    operations = [
        migrations.AddField(
            model_name="brandversion", name="sentences", field=models.JSONField(db_default={}, default=dict)
        ),
    ]
