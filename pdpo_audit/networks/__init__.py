"""Networks in files: where they lie in installed packages, whether they are the measured ones, and what runs them."""
