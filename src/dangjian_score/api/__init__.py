"""From files to results and back to files: what the package offers to Python, and what the command line is built on."""
