"""What rules and their standing are in words, for people, in English and Traditional Chinese."""
