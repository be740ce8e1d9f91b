"""Face engines, the sizes in which pictures are shown to them, and which of their hits are believed."""
