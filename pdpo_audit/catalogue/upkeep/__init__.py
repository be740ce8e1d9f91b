"""What is done to a catalogue as a whole while others may want to write to it."""
