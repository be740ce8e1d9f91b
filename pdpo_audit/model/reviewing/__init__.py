"""What the review pages add to an audit."""
