from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("figures", "0002_months")]

    operations = [
        migrations.AddField(model_name="books", name="journey_months_to", field=models.DateField(null=True)),
    ]
