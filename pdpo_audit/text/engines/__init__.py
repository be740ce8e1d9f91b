"""Text engines: where lines stand, what they say, and how large a picture is shown to them."""
