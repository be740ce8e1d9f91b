"""Connections to either database, and the version of the tables in it."""
