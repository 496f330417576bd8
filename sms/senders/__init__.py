"""Ways for a text message to leave: to nowhere, for trying things out, or by a provider that takes it over HTTP."""
