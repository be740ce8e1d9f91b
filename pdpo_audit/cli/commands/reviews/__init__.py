"""Commands of periodic reviews: their plans, what changed, samples, inventories before a move."""
