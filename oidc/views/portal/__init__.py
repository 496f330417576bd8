"""The portal's pages about the issuer: keys, registration, sign-out, quick starts and runs of user flows."""
