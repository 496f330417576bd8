import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    """No row was ever written to either table. What the toolkit demands are the models."""

    dependencies = [("oidc", "0005_spared_indexes")]

    operations = [
        migrations.RemoveField("refreshtoken", "access_token"),
        migrations.DeleteModel("AccessToken"),
        migrations.DeleteModel("IDToken"),
        migrations.CreateModel(
            "AccessToken",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("token", models.TextField()),
                ("token_checksum", models.CharField(db_index=True, max_length=64, unique=True)),
                ("expires", models.DateTimeField()),
                ("scope", models.TextField(blank=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("updated", models.DateTimeField(auto_now=True)),
            ],
            options={"managed": False},
        ),
        migrations.CreateModel(
            "IDToken",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("jti", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("expires", models.DateTimeField()),
                ("scope", models.TextField(blank=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("updated", models.DateTimeField(auto_now=True)),
            ],
            options={"managed": False},
        ),
    ]
