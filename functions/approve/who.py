"""Which roles may do what, named once."""

from shared.http.access import officers
from shared.models.officers import Role

anybody = officers(*Role)
# Whoever works with residents and families, in whatever role.
workers = officers(Role.WARD_OFFICER, Role.VISIT_OFFICER, Role.SUPERVISOR)
deciders = workers
desk = officers(Role.VISIT_OFFICER, Role.SUPERVISOR)
supervisors = officers(Role.SUPERVISOR)
keepers_of_rules = officers(Role.SUPERVISOR, Role.SYSTEM_ADMINISTRATOR)
explained = officers(
    Role.WARD_OFFICER, Role.VISIT_OFFICER, Role.SUPERVISOR, Role.AUDIT_ADMINISTRATOR
)
audit_administrators = officers(Role.AUDIT_ADMINISTRATOR)
auditors = officers(Role.SUPERVISOR, Role.AUDIT_ADMINISTRATOR)
system_administrators = officers(Role.SYSTEM_ADMINISTRATOR)
security_administrators = officers(Role.SECURITY_ADMINISTRATOR)
administrators_of_people = officers(Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR)
whoever_sees_wards = officers(
    Role.WARD_OFFICER,
    Role.VISIT_OFFICER,
    Role.SUPERVISOR,
    Role.SYSTEM_ADMINISTRATOR,
    Role.SECURITY_ADMINISTRATOR,
)
whoever_sees_residents = officers(
    Role.WARD_OFFICER, Role.VISIT_OFFICER, Role.SUPERVISOR, Role.SYSTEM_ADMINISTRATOR
)
whoever_sees_terminals = officers(
    Role.VISIT_OFFICER,
    Role.SUPERVISOR,
    Role.OPS_ENGINEER,
    Role.OPS_LEAD,
    Role.SYSTEM_ADMINISTRATOR,
)
keepers_of_terminals = officers(
    Role.VISIT_OFFICER, Role.SUPERVISOR, Role.OPS_ENGINEER, Role.OPS_LEAD
)
