"""What pip-audit reports of the locked dependencies, told whole: `make security`.

Exit code 1 where one has a known vulnerability, 3 where some could not be looked up, unless `--offline` says that this is known.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

VULNERABLE, UNKNOWN = 1, 3
LISTED = 8


def told(report: dict[str, Any]) -> tuple[list[str], list[str], int]:
    """(a line for each known vulnerability, the packages that nothing is known of, how many were looked up) of pip-audit's JSON."""
    found, unknown, audited = [], [], 0
    for package in report["dependencies"]:
        name = f"{package['name']} {package.get('version', '')}".strip()
        if "skip_reason" in package:
            unknown.append(name)
            continue
        audited += 1
        for one in package["vulns"]:
            found.append(f"{name}：{one['id']}，修好的版本 {'、'.join(one['fix_versions']) or '还没有'}")
    return found, unknown, audited


def main() -> int:
    """Tell a report and give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path)
    parser.add_argument("--offline", action="store_true", help="packages that could not be looked up do not fail")
    args = parser.parse_args()
    try:
        found, unknown, audited = told(json.loads(args.report.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError):
        found, unknown, audited = [], ["全部（pip-audit 没有写出报告，多半是连不上漏洞库）"], 0
    say = sys.stdout.write
    say(f"依赖漏洞：核对了 {audited} 个包，{len(found)} 处已知漏洞，{len(unknown)} 个包没有核对到\n")
    for line in found:
        say(f"  有漏洞  {line}\n")
    if unknown:
        more = f" 等 {len(unknown)} 个" if len(unknown) > LISTED else ""
        say(f"  没有核对到（漏洞库连不上，或那里没有这个版本），不算通过：{'、'.join(unknown[:LISTED])}{more}\n")
    if found:
        return VULNERABLE
    return UNKNOWN if unknown and not args.offline else 0


if __name__ == "__main__":
    raise SystemExit(main())
