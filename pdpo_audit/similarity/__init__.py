"""Which pictures are copies of each other, and how they differ."""
