from django.db import migrations, models

# Whoever was asked for a country typed it.
TO_A_LIST = """
    UPDATE userflows_flowattribute SET input_type = 'countries' WHERE attribute = 'country' AND input_type = 'text'
"""


class Migration(migrations.Migration):
    dependencies = [("userflows", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="flowattribute",
            name="input_type",
            field=models.CharField(
                choices=[
                    ("text", "Text box"),
                    ("countries", "List of countries"),
                    ("number", "Number"),
                    ("checkbox", "Check box"),
                    ("radio", "Radio buttons"),
                    ("multi_check", "Check boxes, several"),
                ],
                default="text",
                max_length=16,
            ),
        ),
        migrations.RunSQL(TO_A_LIST, migrations.RunSQL.noop),
    ]
