"""Which languages a tenant's customers can choose, and the one that is spoken to whoever asks for none of them."""
