"""Rule packs on trial: their own tests, what those reach, what to look at, what another set would change."""
