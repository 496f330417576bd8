"""Password hashes that other products made: which of them are taken over, and in which spelling they are kept.

They are carried over as they are, since nobody knows the passwords; at the first sign-in a password that was right is
hashed anew. What is guessed quickly (`weak`) is kept under Argon2id alone. What the owner of a file writes
into it is work for our processors at each try, so a ceiling refuses what would take longer than about a second or more
memory than there is for hashing. No Django, and never a word of a hash in what is said about it.
"""
