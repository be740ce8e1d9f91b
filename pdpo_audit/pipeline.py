"""One function per stage; the only file that knows the order."""
