"""What ``report`` does beside writing the audit: distribution copies, and going on after a kill."""
