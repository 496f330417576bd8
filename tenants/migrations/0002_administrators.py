import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="role",
            field=models.CharField(db_default="owner", max_length=32),
        ),
        migrations.AddField(
            model_name="membership",
            name="suspended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254)),
                ("canonical_email", models.CharField(max_length=254)),
                ("role", models.CharField(max_length=32)),
                ("digest", models.CharField(max_length=64)),
                ("invited_by", models.UUIDField(null=True)),
                ("invited_by_name", models.CharField(blank=True, max_length=320)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField()),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="invitations", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("digest",), name="tenants_invitation_digest"),
                    models.UniqueConstraint(fields=("tenant", "canonical_email"), name="tenants_invitation_once"),
                ],
            },
        ),
    ]
