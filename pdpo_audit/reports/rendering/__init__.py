"""How an organisation's own template is filled, and kept within bounds."""
