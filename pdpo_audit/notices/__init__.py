"""Notices by mail and webhook: counts and a link, never a name of a picture, a path or a picture."""
