"""Which contents may show the same picture: near hashes and shared regions, without comparing all pairs."""
