"""The portal's pages about text messages."""
