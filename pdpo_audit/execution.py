"""Run batches in other processes."""
