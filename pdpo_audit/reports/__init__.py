"""What the reports say, and the writers that put it on paper."""
