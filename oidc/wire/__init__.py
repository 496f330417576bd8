"""What all rooms of the issuer speak: errors, requests and answers, addresses, and the words of the protocol."""
