"""Put a whole dataset folder together, and keep what is committed of it in step."""
