"""Streaming passes over the tables, in which everything is counted that reports say."""
