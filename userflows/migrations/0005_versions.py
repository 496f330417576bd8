from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("userflows", "0004_factors")]

    operations = [
        migrations.AddField(
            model_name="userflow", name="number", field=models.PositiveIntegerField(db_default=1, default=1)
        ),
        migrations.AddField(
            model_name="journey", name="flow_number", field=models.PositiveIntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            model_name="journey",
            name="times",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
