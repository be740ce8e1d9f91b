"""Two pictures laid over each other, and what differs between them."""
