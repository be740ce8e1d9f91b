"""Files beside a picture that say something of it: which they are, whose they are, what they say; and one written."""
