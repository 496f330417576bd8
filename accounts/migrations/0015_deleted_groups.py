import django.contrib.postgres.fields
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_unique_values"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeletedGroup",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("description", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField()),
                ("members", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("since", django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), size=None)),
                ("roles", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("deleted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ["-deleted_at", "pk"],
            },
        ),
    ]
