"""Four eyes: decisions that a second person reads without knowing the first, and how often the two agree."""
