"""What the kill loop kills, one module each; kill_loop.py is the command."""
