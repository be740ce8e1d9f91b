"""Where packs, templates and samples lie."""
