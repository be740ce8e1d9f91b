"""Parts of made catalogues: how a library is shaped, its places, what was seen of it, what rules and people said."""
