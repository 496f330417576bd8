from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("figures", "0001_initial")]

    operations = [
        migrations.AddField(model_name="books", name="months_to", field=models.DateField(null=True)),
        migrations.AddIndex(
            model_name="sum",
            index=models.Index(fields=["metric", "dimension", "day"], name="figures_sum_metric"),
        ),
    ]
