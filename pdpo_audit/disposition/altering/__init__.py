"""Files made anew without their people: faces covered, names removed. Bytes in, bytes or a refusal out."""
