"""`python -m local.journey [--json] [--kill]`: the product's main job from sign-in to escalation, with real parts.

DATABASE_URL decides the database: SQLite in the state folder unless it names another.
"""

import argparse
import json
import sys
from dataclasses import asdict

from local.journey.runner import Outcome, run
from local.journey.steps import STEPS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true", help="print the outcomes as JSON")
    parser.add_argument("--kill", action="store_true", help="SIGKILL the gateway after every step")
    arguments = parser.parse_args()
    outcomes = run(_silent if arguments.json else _tell, kill_between_steps=arguments.kill)
    passed = sum(one.passed for one in outcomes)
    if arguments.json:
        steps = [asdict(one) for one in outcomes]
        print(json.dumps({"passed": passed, "of": len(STEPS), "steps": steps}, ensure_ascii=False))
    else:
        print(f"journey: {passed} of {len(STEPS)} steps passed")
    return 0 if passed == len(STEPS) else 1


def _tell(one: Outcome) -> None:
    mark = "✓" if one.passed else "✗"
    print(
        f"[{one.number:>2}/{len(STEPS)}] {mark} {one.title}：{one.text}（{one.seconds:.1f} 秒）",
        flush=True,
    )


def _silent(_one: Outcome) -> None:
    pass


if __name__ == "__main__":
    sys.exit(main())
