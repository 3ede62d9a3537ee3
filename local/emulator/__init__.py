"""MiniStack with what AWS promises and it lacks. Runs in the emulator's own environment."""
