"""The wall at the database: a connection takes a tenant's role and search_path together."""
