"""How people and their programs come in beside personal links: tokens, identity providers."""
