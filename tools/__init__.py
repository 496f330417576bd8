"""The workshop: what `make` calls to set up, start, check and ship the product.

Nothing here is imported by the product itself, and nothing here imports its settings: these programs run before those
make sense, and some of them prepare what the settings name (a database, secrets, assets). The few variables they need
themselves they read as the settings do, by `common.environment`.
"""
