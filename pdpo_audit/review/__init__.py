"""The review pages: people look at duplicate clusters, compare, and decide, in a browser."""
