"""What a file holds beyond the picture that it shows: frames, hidden colours, bytes behind the end."""
