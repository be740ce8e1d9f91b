"""Who comes in: what a request must be like, who it is from, how often it may come."""
