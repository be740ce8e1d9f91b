"""Samples and inventories: what a store probably holds, manual checks, and moves that are proved afterwards."""
