"""Documents: PDF, and where office documents show and hide their pictures."""
