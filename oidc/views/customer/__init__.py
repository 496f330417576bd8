"""What a customer's browser comes by on its way: a request for sign-in, the questions it takes, sign-out, devices."""
