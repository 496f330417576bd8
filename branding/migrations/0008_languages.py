import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("branding", "0007_words_of_brands")]

    operations = [
        migrations.CreateModel(
            name="LanguageSettings",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                (
                    "offered",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), default=list, size=None
                    ),
                ),
                ("default", models.CharField(max_length=16)),
                ("own", models.JSONField(db_default=[], default=list)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="branding_languagesettings_one")
                ],
            },
        ),
    ]
