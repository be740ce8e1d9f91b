"""Text in pictures: an engine reads lines, rules tell identity numbers by check digits, the text is forgotten."""
