"""Change sets: propose, explain, approve, apply and roll back a change of owners."""
