"""The password of the cast as others have hashed it, at costs that nobody waits for."""

BCRYPT = "$2b$04$abcdefghijklmnopqrstuu7EJV7kdjBBQxyb0HjTh9KS7.Lah/6CG"
SHA512_CRYPT = (
    "$6$rounds=1000$saltsaltsaltsalt$"
    "VRQPfVrl4Bh3I82Z0H/PLWnhltTOqLlM4s02dq1DNeuKSL//X2xWhGNxOyqXGsD3bUtEuGTxQSvjFc8bDOGf11"
)
