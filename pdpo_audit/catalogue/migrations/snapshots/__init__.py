"""The tables as single migrations made them: frozen, because ``catalogue.schema`` moves on."""
