"""Faces, how recognisable they are, and the people level of a picture."""
