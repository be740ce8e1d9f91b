"""Which picture the others were made from: traces of a pair, elections of a frame, the proposed master."""
