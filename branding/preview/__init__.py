"""What customer pages and mails would look like with values that aren't saved yet."""
