"""Jobs (作业): long or hostile work that runs in worker processes, outside the request."""
