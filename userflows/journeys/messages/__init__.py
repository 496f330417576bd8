"""What journeys write to customers: mails and text messages, in the tenant's look and the customer's language."""
