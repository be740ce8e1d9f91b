"""Numbered changes of the catalogue's tables (Alembic): one file each in ``versions``, never edited later."""
