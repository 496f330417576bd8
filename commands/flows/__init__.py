"""What `manage.py userflow` says of a flow that takes more than an option: its terms of use, its page layout."""
