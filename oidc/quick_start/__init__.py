"""What an administrator needs to connect an application: addresses, and example applications to download."""
