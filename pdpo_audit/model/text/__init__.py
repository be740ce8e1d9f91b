"""What pictures say of themselves in text: kinds and places, never a number, a word or a crop."""
