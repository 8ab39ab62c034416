"""Quality: clean every raw field beside the raw one, say what was changed and why."""
