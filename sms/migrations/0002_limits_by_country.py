from django.db import migrations, models

# Who sends text messages already goes on doing so: to one country may go as many as to all.
AS_BEFORE = "UPDATE sms_textsettings SET per_country = per_day"


class Migration(migrations.Migration):
    dependencies = [("sms", "0001_first")]

    operations = [
        migrations.AddField("textsettings", "per_country", models.PositiveIntegerField(db_default=200, default=200)),
        migrations.AddField(
            "textsettings",
            "country_limits",
            models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.RunSQL(AS_BEFORE, migrations.RunSQL.noop),
    ]
