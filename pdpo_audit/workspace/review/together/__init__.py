"""Several reviewers at once: who has taken what."""
