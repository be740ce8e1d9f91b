"""Conversations with people at the terminal."""
