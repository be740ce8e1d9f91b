"""What a store probably holds, from a random sample: draws, totals, shares, and how sure they are. Pure: no clock."""
