"""The desk over HTTP: routes, keys and roles, limits, problem documents, metrics, and the process that serves them."""
