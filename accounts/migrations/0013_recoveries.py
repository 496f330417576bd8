from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_user_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="recovers_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="recovered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("recovers_at", None), _negated=True),
                fields=["recovers_at"],
                name="accounts_account_recovers",
            ),
        ),
        migrations.CreateModel(
            name="Recovery",
            fields=[
                ("account_id", models.UUIDField(primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField()),
                ("from_where", models.CharField(blank=True, max_length=120)),
                ("kept_until", models.DateTimeField(null=True)),
                ("rows", models.TextField(blank=True)),
                ("sealed_secret", models.TextField(blank=True)),
                ("phone_number", models.CharField(blank=True, max_length=16)),
            ],
        ),
        migrations.AddIndex(
            model_name="recovery",
            index=models.Index(
                condition=models.Q(("kept_until", None), _negated=True),
                fields=["kept_until"],
                name="accounts_recovery_kept_until",
            ),
        ),
        migrations.CreateModel(
            name="RecoverySettings",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("wait_hours", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="recoverysettings",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="accounts_recoverysettings_one"),
        ),
    ]
