"""Assignment: who covers an account, and what follows it."""
