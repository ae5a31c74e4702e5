"""What `serve.py` is made of. A package, so that no name in it hides a module of an environment."""
