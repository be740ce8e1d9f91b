"""Disposition: what is made anew, planned, approved and done."""
