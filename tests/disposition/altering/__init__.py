"""Files made anew without their people."""
