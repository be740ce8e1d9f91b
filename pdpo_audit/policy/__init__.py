"""Rule packs, and what they say of holdings."""
