"""The same functions in containers: all of them on one server or Kubernetes, or one as SCF's image function."""
