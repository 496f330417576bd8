"""The account that a journey comes to: who is let in, what was given for it, what hooks say, who is linked."""
