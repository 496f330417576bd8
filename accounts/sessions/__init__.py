"""Signed-in browsers: where they are kept, how long they stay signed in, and how they are signed out."""
