from django.db import migrations, models

WITH_KEYS = models.Q(auth_method="private_key_jwt") | models.Q(auth_method="self_signed_tls_client_auth")


class Migration(migrations.Migration):
    dependencies = [("applications", "0007_client_certificates")]

    operations = [
        *(
            migrations.AddField("application", name, models.CharField(db_default=usual, default=usual, max_length=16))
            for name, usual in (
                ("id_token_encryption", "none"),
                ("id_token_content", "A256GCM"),
                ("userinfo_encryption", "none"),
                ("userinfo_content", "A256GCM"),
            )
        ),
        migrations.RemoveConstraint("application", "applications_application_keys_of_a_key_pair"),
        migrations.AddConstraint(
            "application",
            models.CheckConstraint(
                condition=(
                    (WITH_KEYS & (models.Q(jwks="") ^ models.Q(jwks_uri="")))
                    | (~WITH_KEYS & (models.Q(jwks="") | models.Q(jwks_uri="")))
                ),
                name="applications_application_keys_of_a_key_pair",
            ),
        ),
    ]
