from django.db import migrations, models

AUTHORIZATION_CODE, REFRESH_TOKEN, CLIENT_CREDENTIALS = "authorization_code", "refresh_token", "client_credentials"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - a wire name
# What followed from the kind until now.
BY_KIND = {
    "web": (AUTHORIZATION_CODE, REFRESH_TOKEN, CLIENT_CREDENTIALS),
    "spa": (AUTHORIZATION_CODE, REFRESH_TOKEN),
    "native": (AUTHORIZATION_CODE, REFRESH_TOKEN),
    "service": (CLIENT_CREDENTIALS,),
}


def keep_what_each_may(apps, _schema_editor):
    for application in apps.get_model("applications", "Application").objects.all():
        further = (
            *((DEVICE_CODE,) if application.allows_device_grant else ()),
            *((TOKEN_EXCHANGE,) if application.allows_token_exchange else ()),
        )
        application.grants = " ".join((*BY_KIND[application.kind], *further))
        application.save(update_fields=["grants"])


def keep_further_ones(apps, _schema_editor):
    for application in apps.get_model("applications", "Application").objects.all():
        grants = application.grants.split()
        application.allows_device_grant = DEVICE_CODE in grants
        application.allows_token_exchange = TOKEN_EXCHANGE in grants
        application.save(update_fields=["allows_device_grant", "allows_token_exchange"])


class Migration(migrations.Migration):
    """One list of the grants an application may use, which can be narrowed, in place of two further ones."""

    dependencies = [
        ("applications", "0011_appearance"),
    ]

    operations = [
        migrations.AddField(model_name="application", name="grants", field=models.TextField(default="")),
        migrations.RunPython(keep_what_each_may, keep_further_ones),
        migrations.AlterField(model_name="application", name="grants", field=models.TextField()),
        migrations.RemoveField(model_name="application", name="allows_device_grant"),
        migrations.RemoveField(model_name="application", name="allows_token_exchange"),
    ]
