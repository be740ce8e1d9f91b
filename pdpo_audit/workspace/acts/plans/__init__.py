"""A plan from its selection to its sealed folder."""
