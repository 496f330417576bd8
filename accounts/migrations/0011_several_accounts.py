from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_own_account")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="used_last_by",
            field=models.JSONField(db_default=models.Value([], models.JSONField())),
        ),
        migrations.AddField(
            model_name="sessionsettings",
            name="offers_several",
            field=models.BooleanField(db_default=True),
        ),
    ]
