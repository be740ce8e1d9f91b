"""Identity numbers told by their shape and check digits: a line of text in, a kind out; no number leaves this room."""
