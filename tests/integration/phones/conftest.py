from tests.integration.phones.phone_system import phone_system

__all__ = ["phone_system"]
