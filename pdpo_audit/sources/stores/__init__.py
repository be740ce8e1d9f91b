"""Stores without a mount: one file a kind. Read only: nothing here sends anything but requests to list and to read."""
