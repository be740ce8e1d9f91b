"""The words of the rule language: what its values mean, and nothing that reads or judges them."""
