"""What this program calls itself in everything it writes."""

NAME = "pdpo-audit"
VERSION = "0.1.0"
