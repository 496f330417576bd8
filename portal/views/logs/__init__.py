"""The logs of a tenant and of the installation."""
