"""Made pages of many kinds, with one readable change each, and copies of them as offices make them."""
