"""The line: ``line`` tells the order, beside it one file a stage."""
