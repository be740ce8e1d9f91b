"""Rule packs as they are written: read whole, checked whole, or refused with everything that is wrong."""
