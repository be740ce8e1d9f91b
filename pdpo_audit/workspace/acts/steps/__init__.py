"""The steps of one copy: what is asked first, taken, read back, put back, gone on with after a kill, ended."""
