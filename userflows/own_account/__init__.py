"""What customers do about their own accounts beside signing in: another address, a copy of their data, deletion.

`addresses` changes an address and takes that back, `closing` has the account deleted, `copies` gathers what is kept,
`activity` says what happened, `way_back` knows the applications that may send customers here. Their pages are
`userflows.views.customer`.
"""
