"""What an account still owes its flow when its owner signs in: the terms of use as they are now, and answers.

It comes last, when all is proved: whoever is asked is known to be the owner.
"""
