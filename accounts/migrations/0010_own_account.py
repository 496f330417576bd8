import uuid

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_phone_numbers"),
    ]

    operations = [
        migrations.CreateModel(
            name="AddressChange",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("account_id", models.UUIDField()),
                ("before", models.CharField(max_length=254)),
                ("canonical_before", models.CharField(max_length=254)),
                ("after", models.CharField(max_length=254)),
                ("language", models.CharField(blank=True, max_length=16)),
                ("from_where", models.CharField(blank=True, max_length=120)),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("sent_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("digest", models.CharField(blank=True, db_index=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="DataExport",
            fields=[
                ("account_id", models.UUIDField(primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ready_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("content", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="DeletionSettings",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("grace_days", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="account",
            name="closes_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="account",
            name="time_zone",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("closes_at", None), _negated=True),
                fields=["closes_at"],
                name="accounts_account_closes",
            ),
        ),
        migrations.AddIndex(
            model_name="addresschange",
            index=models.Index(fields=["canonical_before"], name="accounts_change_before"),
        ),
        migrations.AddIndex(
            model_name="addresschange",
            index=models.Index(fields=["account_id"], name="accounts_change_account"),
        ),
        migrations.AddConstraint(
            model_name="addresschange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("done_at", None)), fields=("account_id",), name="accounts_addresschange_one_asked"
            ),
        ),
        migrations.AddConstraint(
            model_name="deletionsettings",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="accounts_deletionsettings_one"),
        ),
    ]
