"""What storytellers, and guardians for them, allow: in which words, since when, and who hears of a change."""
