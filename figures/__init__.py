"""What is counted of a tenant by day: sign-ups, sign-ins, failures, active customers, and where journeys end.

Owns the sums and the days they are of. The worker keeps them (`keeping`), by counting audit events and journeys that
have ended; no request of a customer writes any, and none costs a statement more for them. A day that has been closed
stays as it was counted. The room `installation` keeps one row for each tenant in public, for operators. What a page
shows is read by `lookup`; pages stand in `portal`.
"""
