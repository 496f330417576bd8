from django.db import migrations, models

WITH_KEYS = ("private_key_jwt", "self_signed_tls_client_auth")


class Migration(migrations.Migration):
    dependencies = [("applications", "0006_pairwise_subjects")]

    operations = [
        migrations.AddField(
            "application",
            "certificate_field",
            models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
        migrations.AddField(
            "application",
            "certificate_subject",
            models.CharField(blank=True, db_default="", default="", max_length=1024),
        ),
        migrations.AddField(
            "application", "binds_to_certificate", models.BooleanField(db_default=False, default=False)
        ),
        migrations.AlterField(
            "application",
            "auth_method",
            models.CharField(
                choices=[
                    ("client_secret_basic", "Client secret in the header (client_secret_basic)"),
                    ("client_secret_post", "Client secret in the body (client_secret_post)"),
                    ("private_key_jwt", "Key pair (private_key_jwt)"),
                    ("tls_client_auth", "Certificate of an authority (tls_client_auth)"),
                    ("self_signed_tls_client_auth", "Certificate of its own (self_signed_tls_client_auth)"),
                    ("none", "None (public client)"),
                ],
                max_length=32,
            ),
        ),
        migrations.RemoveConstraint("application", "applications_application_keys_of_a_key_pair"),
        migrations.AddConstraint(
            "application",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("auth_method__in", WITH_KEYS), models.Q(("jwks", "")) ^ models.Q(("jwks_uri", ""))),
                    models.Q(("auth_method__in", WITH_KEYS), _negated=True) & models.Q(jwks="", jwks_uri=""),
                    _connector="OR",
                ),
                name="applications_application_keys_of_a_key_pair",
            ),
        ),
    ]
