"""What `manage.py customer` says of a customer that takes more than an option."""
