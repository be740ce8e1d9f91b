"""What a catalogue proves of itself: its log against what stands beside it, and what people said against the log."""
