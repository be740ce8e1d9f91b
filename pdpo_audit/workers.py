"""What runs in another process."""
