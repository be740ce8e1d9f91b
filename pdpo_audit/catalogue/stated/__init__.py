"""What pictures and the sidecars beside them say: how it is stored, and where."""
