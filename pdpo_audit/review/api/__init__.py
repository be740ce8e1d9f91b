"""The JSON API: the verbs of the pages for other programs, each for a person, by token."""
