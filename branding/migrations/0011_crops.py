import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("branding", "0010_links_to_page_layouts")]

    operations = [
        migrations.AddField(model_name="brandingimage", name="whole", field=models.BinaryField(null=True)),
        migrations.AddField(
            model_name="brandingimage",
            name="crop",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(), null=True, size=None
            ),
        ),
    ]
