"""What a workspace consists of: its folder, its keys, its lock, its catalogue."""
