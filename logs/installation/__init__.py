"""The log of the installation, in public: its seals and its check. What is done with them is done as in a tenant."""
