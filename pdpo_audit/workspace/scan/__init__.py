"""What looks at sources: scan, find, person search, whether sources can be reached."""
