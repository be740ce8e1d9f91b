"""Commands for what was made: the audits, and lists to hand over."""
