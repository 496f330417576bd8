"""What hot paths and lists read of applications."""
