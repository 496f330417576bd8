"""Who manages a tenant, and as what: roles given and taken, invitations, and what is known of each administrator.

Every verb decides under a lock on the tenant what its actor may do at that moment: however many act at once, nobody
gives what they have just lost, and the last owner stays.
"""
