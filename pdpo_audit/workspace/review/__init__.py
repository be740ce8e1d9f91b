"""What named people say: decisions, judgements of pictures, holds."""
