"""The come-back alarm: keys with an end, what is remembered of an erased copy, and who hears of its return."""
