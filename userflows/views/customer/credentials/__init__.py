"""By what a customer proves who they are: seen and changed on their own account."""
