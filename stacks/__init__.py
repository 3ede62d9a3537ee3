"""What is deployed: one file per stack, split by what lives and dies together."""
