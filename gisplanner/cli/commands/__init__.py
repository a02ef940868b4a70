"""One file per command or command group, named like it; ``cli.root`` reads it when the command is called."""
