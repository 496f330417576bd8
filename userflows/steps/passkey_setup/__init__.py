"""Making a passkey."""
