"""Commands of what people do in a browser."""
