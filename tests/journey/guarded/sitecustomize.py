"""First on PYTHONPATH of the processes that a test starts: they may reach loopback alone, too."""

from tests import loopback_only

loopback_only.install()
