"""What a new account is made of: a password, where there are passwords, and the attributes the flow asks for."""
