"""Workers: processes that run jobs, each job in a child of its own with limits."""
