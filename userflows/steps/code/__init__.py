"""The code step: a one-time code or a link from a mail proves an address; where its account signs in, who is here."""
