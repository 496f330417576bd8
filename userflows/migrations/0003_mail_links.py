import uuid

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("userflows", "0002_countries"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailLink",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("account_id", models.UUIDField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("invitation", "Invitation"), ("password", "New password")], max_length=16
                    ),
                ),
                ("digest", models.CharField(blank=True, db_index=True, max_length=64)),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("sent_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("by", models.CharField(blank=True, max_length=320)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("account_id", "kind"), name="userflows_maillink_once")],
            },
        ),
    ]
