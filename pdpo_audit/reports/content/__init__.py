"""What the reports say, composed once for every writer."""
