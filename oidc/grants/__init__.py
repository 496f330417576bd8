"""The token endpoint: what each grant type hands out, and on what conditions."""
