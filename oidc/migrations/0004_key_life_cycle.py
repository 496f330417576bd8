import django.db.models.functions.datetime
from django.db import migrations, models


def take_over_since(apps, _schema_editor):
    """Keys made before had one state only: they have signed since they were made."""
    apps.get_model("oidc", "SigningKey").objects.update(since=models.F("created_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("oidc", "0003_pushed_requests"),
    ]

    operations = [
        migrations.CreateModel(
            name="RotationSchedule",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("every_days", models.PositiveSmallIntegerField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="signingkey",
            name="since",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.RunPython(take_over_since, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="signingkey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "next")), fields=("algorithm",), name="oidc_signingkey_one_next"
            ),
        ),
        migrations.AddConstraint(
            model_name="rotationschedule",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="oidc_rotationschedule_one_row"),
        ),
    ]
