"""The migrations, each named after its number."""
