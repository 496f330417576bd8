"""The issuer of a tenant, with its keys, and the documents it publishes."""
