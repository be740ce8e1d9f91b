"""Pages compared at a size at which they can be read: registered, subtracted, searched for strokes that differ."""
