"""What opens each family of formats, one file a family; ``reading`` chooses by content."""
