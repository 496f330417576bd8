"""What is done to somebody's second factors, and that their owner hears of it by mail."""
