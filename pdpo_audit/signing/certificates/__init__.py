"""What a certificate is made for, and in whose name."""
