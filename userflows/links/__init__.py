"""Links that an administrator has mailed to a customer: an invitation, or the way to a new password."""
