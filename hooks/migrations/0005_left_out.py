from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hooks", "0004_spared_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="left_out",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
    ]
