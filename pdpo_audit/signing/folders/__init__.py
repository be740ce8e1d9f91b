"""An audit folder as a whole: which audit it is, what lies in it, and what lies beside it."""
