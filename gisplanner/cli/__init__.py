"""The command line: one file per command group, each parsing options, calling a service, printing."""
