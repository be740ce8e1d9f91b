"""Pages beside decisions: a picture looked for, masters and what stays with them, questions."""
