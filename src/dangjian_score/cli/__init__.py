"""The command line: the only room that opens files, writes to the screen and chooses exit codes."""
