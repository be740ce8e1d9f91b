"""Archives: ZIP and what is one by another name, TAR, 7z, RAR."""
