"""Reviewers on the pages as they are served."""
