"""How large and how busy each tenant is: a row for each in public, kept by the worker, so that no page counts them."""
