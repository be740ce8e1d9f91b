"""What the rules wait for, asked of people."""
