"""Territory management automation: every revenue record with its rightful owner, and why."""
