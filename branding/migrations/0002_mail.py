from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("branding", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="branding",
            name="reply_to",
            field=models.CharField(blank=True, db_default="", default="", max_length=254),
        ),
        migrations.AddField(
            model_name="branding",
            name="support_url",
            field=models.CharField(blank=True, db_default="", default="", max_length=128),
        ),
        migrations.AddField(
            model_name="branding",
            name="legal_lines",
            field=models.CharField(blank=True, db_default="", default="", max_length=512),
        ),
    ]
