"""The kinds of stores: one file a kind, and beside it what only that kind needs. Nothing here is loaded before use."""
