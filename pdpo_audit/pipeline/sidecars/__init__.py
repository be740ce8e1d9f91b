"""What stands beside pictures, laid to the holdings it speaks of."""
