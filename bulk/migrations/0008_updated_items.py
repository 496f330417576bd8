from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bulk", "0007_spared_indexes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="item",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Waiting"),
                    ("changed", "Done"),
                    ("updated", "Updated by an import"),
                    ("unchanged", "Already so"),
                    ("failed", "Failed"),
                ],
                max_length=16,
            ),
        ),
    ]
