"""The desk: one record at a time through the stages of the run, each decision durable before it is answered."""
