"""Whatever people do with a ticket: checked against the table of the flow, logged, and the clocks set anew."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from functions.ops_ticket import lower_severity, person_days
from functions.ops_ticket.knowledge.draft_case import draft_case
from functions.ops_ticket.show_tickets import facts_of, own, shown
from shared import audit, messages, ticket_clocks, ticket_log
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, NotAllowed, Refused, raise_if_any, reason
from shared.idempotency import once
from shared.models.tickets import Finding, Severity, Ticket, TicketEvent, TicketKind
from shared.rules import ticket_flow
from shared.rules.sla import Happened
from shared.rules.sla_policy import ClockName
from shared.rules.ticket_flow import OVER, Action

KEPT = ("cause", "method", "prevention", "loss")
# What stands in the report that was signed: closing words go into the log and the case, and leave it as it was.
SIGNED = ("cause", "method", "loss")

FIELD_NAMES = {
    "text": "说明", "cause": "故障原因", "method": "处理方法", "prevention": "预防措施",
    "loss": "故障损失", "change_record": "变更记录", "finding": "分析结论", "severity": "故障级别",
    "clock": "时限", "days": "人日",
}  # fmt: skip


@dataclass(frozen=True)
class Given:
    """What came with the action; which fields it needs and takes stands in the table."""

    text: str = ""
    cause: str | None = None
    method: str | None = None
    prevention: str | None = None
    loss: str | None = None
    change_record: str | None = None
    finding: Finding | None = None
    severity: Severity | None = None
    clock: ClockName | None = None
    days: int | None = None  # hundredths of a person-day

    def words(self) -> str:
        """What the log keeps: every text that came, each under its name."""
        named = {"原因": self.cause, "方法": self.method, "预防": self.prevention}
        named |= {"损失": self.loss, "变更记录": self.change_record}
        parts = [self.text, *(f"{name}：{value}" for name, value in named.items() if value)]
        return "\n".join(part for part in parts if part)


@in_transaction
def act_on_ticket(
    session: Session,
    *,
    actor: Actor,
    ticket_id: str,
    name: str,
    given: Given,
    idempotency_key: str | None = None,
) -> dict[str, Any]:
    """Raises Conflict when the state does not allow it any more, Refused for a signature of one's own work, BadInput for
    each field that is missing and each that this action does not take."""
    ticket = own(session, actor, ticket_id, lock=True)
    once(
        session,
        owner_id=actor.id,
        key=idempotency_key,
        request={"ticket": ticket_id, "action": name, "given": asdict(given)},
        effect=lambda: _act(session, actor, ticket, name, given),
    )
    return shown(session, actor, ticket)


def _act(session: Session, actor: Actor, ticket: Ticket, name: str, given: Given) -> dict[str, Any]:
    log = ticket_log.lines(session, [ticket.id])[ticket.id]
    action = _allowed(ticket, name, actor, log)
    _require_fit(action, given)
    lower_severity.require_signature(actor, ticket, name, given.severity, log)
    before = ticket.severity
    _carry_out(session, actor, ticket, name, action, given, log)
    lower_severity.tell(session, actor, ticket, name, before)
    ticket_clocks.arrange(session, ticket)
    audit.record(session, actor, f"ticket.{name}", "ticket", ticket.id, status=ticket.status.value)
    return {}


def _allowed(ticket: Ticket, name: str, actor: Actor, log: Sequence[TicketEvent]) -> Action:
    action = ticket_flow.actions(ticket.kind, ticket.status).get(name)
    facts = facts_of(log)
    if action is None or not action.given <= facts or action.unless & facts:
        raise Conflict.of("ticket_action_impossible")
    if not action.roles & actor.roles:
        raise NotAllowed.of("not_allowed")
    if ticket_flow.is_own_work(action, actor.id, log):
        raise Refused.of("ticket_own_work")
    return action


def _require_fit(action: Action, given: Given) -> None:
    came = [name for name, value in asdict(given).items() if value]
    missing = [name for name in action.needs if name not in came]
    reasons = [reason("ticket_field_missing", one, name=FIELD_NAMES[one]) for one in missing]
    unfit = [name for name in came if name not in action.takes]
    reasons += [reason("ticket_field_unfit", one, name=FIELD_NAMES[one]) for one in unfit]
    raise_if_any(reasons, BadInput)


def _carry_out(
    session: Session,
    actor: Actor,
    ticket: Ticket,
    name: str,
    action: Action,
    given: Given,
    log: Sequence[TicketEvent],
) -> None:
    person_days.follow(session, actor, ticket, name, given.days)
    _keep(ticket, given, signed=ticket_flow.Fact.REPORT_APPROVED in facts_of(log))
    _end_pause(session, actor, ticket, action, log)
    _turn(ticket, action, given)
    ticket_log.append(session, ticket, actor, action.line(name), given.words(), value=_value(given))
    if given.finding is Finding.OPERATION:
        converted = Happened.CONVERTED.value
        text = "操作类问题，转为咨询"
        ticket_log.append(session, ticket, actor, converted, text, value=ticket.kind.value)
    if ticket.status in OVER:
        ticket.closed_at = now()
        if ticket.kind is TicketKind.INCIDENT:
            draft_case(session, ticket, cause=given.cause, method=given.method)
        _tell_submitter(session, ticket)


def _keep(ticket: Ticket, given: Given, *, signed: bool) -> None:
    for field in KEPT:
        value = getattr(given, field)
        if value and not (signed and field in SIGNED):
            setattr(ticket, field, value)


def _value(given: Given) -> str:
    chosen = (given.severity, given.clock, given.finding)
    return next((str(one.value) for one in chosen if one is not None), "")


def _turn(ticket: Ticket, action: Action, given: Given) -> None:
    if action.happened is Happened.SEVERITY_SET and given.severity is not None:
        ticket.severity = given.severity
    if given.finding is not None:
        ticket.finding = given.finding
        turned = ticket_flow.turned(ticket.kind, given.finding)
        if turned is not ticket.kind:
            ticket.kind = turned
            return  # it stays acknowledged, as a consult
    if action.to is not None:
        ticket.status = action.to


def _end_pause(
    session: Session, actor: Actor, ticket: Ticket, action: Action, log: Sequence[TicketEvent]
) -> None:
    """Who resolves is no longer waiting."""
    if action.happened is Happened.RESOLVED and ticket_flow.Fact.PAUSED in facts_of(log):
        ticket_log.append(session, ticket, actor, Happened.RESUMED.value, "解决时结束暂停")


def _tell_submitter(session: Session, ticket: Ticket) -> None:
    """The answer itself is read on the page: a message is read on a locked screen."""
    if ticket.submitter_kind == "relative":
        messages.tell_family(
            session,
            [ticket.submitter_id],
            "已答复",
            "您反映的问题已处理，请点击查看",
            page="pages/problems/index",
            dedupe_key=f"ticket:{ticket.id}:answered",
        )
