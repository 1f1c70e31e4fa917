"""Break the pure middle at random places and see whether its tests notice: `make mutants`.

The operators are cosmic-ray's; the driver is our own. cosmic-ray 8.7 has one test command for all
mutants, no sample, and mutates the checkout itself, which kill -9 then leaves broken. mutmut 3.8
leaves alone what lies outside of functions, and so every limit, and finds no test here: it expects
`benchmark/results/stats.py` to be imported as `benchmark.results.stats`.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import queue
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated

import judges
import sites
import typer
from judges import Copy, Judge
from sites import Site

ROOT = Path(__file__).parents[2]
STATE = ROOT / "artifacts" / "mutants"


@dataclass(frozen=True)
class Mutant:
    id: str
    module: str
    line: int
    family: str
    diff: str


@dataclass(frozen=True)
class Verdict:
    """`killed_by` is the judge that noticed; None if none did, and then `tests` says which."""

    mutant: str
    killed_by: str | None
    tests: str
    seconds: float


class Store:
    """What was found out so far, a line each; a run that was stopped goes on where it was."""

    def __init__(self, path: Path):
        self._path, self._lock = path, threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text().splitlines() if path.exists() else []
        self.verdicts = [Verdict(**json.loads(line)) for line in lines if line.endswith("}")]

    def get(self, mutant: str, tests: str) -> Verdict | None:
        """A kill stands; a survivor is judged again when its tests have changed."""
        for verdict in reversed(self.verdicts):
            if verdict.mutant == mutant and (verdict.killed_by or verdict.tests == tests):
                return verdict
        return None

    def add(self, verdict: Verdict) -> None:
        with self._lock, self._path.open("a") as file:
            self.verdicts.append(verdict)
            file.write(json.dumps(asdict(verdict)) + "\n")


def main(
    count: Annotated[int, typer.Option(help="How many mutants to draw.")] = 200,
    seed: Annotated[int, typer.Option(help="Another one draws others.")] = 11,
    only: Annotated[str, typer.Option(help="Modules, as in 'benchmark/results/*'.")] = "*",
    jobs: Annotated[int, typer.Option(help="How many at a time.")] = 2,
    limit_s: Annotated[int, typer.Option(help="Processor time of a judge.")] = 60,
    at_least: Annotated[float, typer.Option(help="Percent to be killed, else exit 1.")] = 85,
) -> None:
    """Print the share of mutants that a test kills, and those that survive."""
    drawn = draw(count, seed, only)
    store = Store(STATE / "verdicts.jsonl")
    verdicts = Run(store, jobs, limit_s).judge_all(drawn)
    killed = report(drawn, verdicts)
    raise typer.Exit(0 if drawn and 100 * killed >= at_least * len(drawn) else 1)


def pure() -> dict[str, list[str]]:
    """The modules that may be broken, and whose tests judge each of them besides its own."""
    lines = (Path(__file__).parent / "pure.txt").read_text().splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    return {
        str(path.relative_to(ROOT)): rooms
        for pattern, *rooms in rows
        for path in sorted(ROOT.glob(pattern))
        if path.name != "__init__.py"
    }


def draw(count: int, seed: int, only: str) -> dict[Mutant, str]:
    """The mutants with the lowest ranks, and the broken text of each."""
    sources = {name: (ROOT / name).read_text() for name in pure() if fnmatch(name, only)}
    found = [site for name, source in sources.items() for site in sites.find(name, source, seed)]
    drawn: dict[Mutant, str] = {}
    for site in sorted(found, key=lambda site: site.rank):
        if len(drawn) == count:
            break
        if (text := sites.mutate(site, sources[site.module])) is not None:
            drawn[_mutant(site, sources[site.module], text)] = text
    log(f"{len(drawn)} mutants of {len(found)} places in {len(sources)} modules")
    return drawn


def _mutant(site: Site, source: str, text: str) -> Mutant:
    """Its name stays as long as the function or class that it breaks, or the line beside them."""
    lines = difflib.unified_diff(source.splitlines(), text.splitlines(), n=0, lineterm="")
    diff = "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))
    first, last = sites.around(source, site.line)
    whole = "\n".join(source.splitlines()[first - 1 : last])
    name = f"{site.module}\0{whole}\0{site.line - first}\0{diff}"
    name = hashlib.sha256(name.encode()).hexdigest()[:16]
    return Mutant(name, site.module, site.line, site.family, diff)


class Run:
    """Judges mutants in a few copies of the checkout at a time."""

    def __init__(self, store: Store, jobs: int, limit_s: int):
        self._store, self._jobs, self._limit_s = store, jobs, limit_s
        self._copies: queue.Queue[Copy] = queue.Queue()
        self._is_sound: dict[Judge, bool] = {}
        self._panels: dict[str, list[Judge]] = {}
        self._tests: dict[str, str] = {}

    def judge_all(self, drawn: dict[Mutant, str]) -> dict[Mutant, Verdict]:
        # Read once: whoever goes on editing the checkout disturbs no run.
        rooms = pure()
        self._panels = {m.module: judges.of(m.module, rooms[m.module], ROOT) for m in drawn}
        self._tests = {module: _hash(panel) for module, panel in self._panels.items()}
        known = {mutant: self._store.get(mutant.id, self._tests[mutant.module]) for mutant in drawn}
        verdicts = {mutant: verdict for mutant, verdict in known.items() if verdict}
        todo = [mutant for mutant in drawn if mutant not in verdicts]
        log(f"{len(verdicts)} are known from before, {len(todo)} are to be judged")
        for number in range(min(self._jobs, len(todo))):
            self._copies.put(Copy(ROOT, STATE / f"copy-{number}"))
        with ThreadPoolExecutor(self._jobs) as pool:
            judged = pool.map(lambda mutant: self._judge(mutant, drawn[mutant]), todo)
            for number, (mutant, verdict) in enumerate(zip(todo, judged, strict=True), 1):
                verdicts[mutant] = verdict
                by = verdict.killed_by
                said = f"killed by {by}" if by else f"SURVIVED\n{mutant.diff}"
                log(f"{number}/{len(todo)} {mutant.module}:{mutant.line} {said}")
        while not self._copies.empty():
            self._copies.get().close()
        return verdicts

    def _judge(self, mutant: Mutant, text: str) -> Verdict:
        copy = self._copies.get()
        copy.break_(mutant.module, text)
        try:
            verdict = self._judge_in(copy, mutant, text)
        finally:
            copy.mend()
            self._copies.put(copy)
        self._store.add(verdict)
        return verdict

    def _judge_in(self, copy: Copy, mutant: Mutant, text: str) -> Verdict:
        tests, spent = self._tests[mutant.module], 0.0
        for judge in self._panels[mutant.module]:
            code, seconds = copy.judge(judge, self._limit_s)
            spent += seconds
            if code == judges.PASSED:
                self._is_sound[judge] = True
            elif code is None and not judge.is_own:
                pass  # So many tests may take that long, broken or not.
            elif code != judges.NO_TEST and self._passes_unbroken(copy, judge):
                name = judge.name if code is not None else f"the time limit of {judge.name}"
                return Verdict(mutant.id, name, tests, spent)
            copy.break_(mutant.module, text)
        return Verdict(mutant.id, None, tests, spent)

    def _passes_unbroken(self, copy: Copy, judge: Judge) -> bool:
        """Tests that fail without a mutant kill nothing."""
        if judge not in self._is_sound:
            copy.mend()
            code, _ = copy.judge(judge, 10 * self._limit_s)
            self._is_sound[judge] = code == judges.PASSED
            if code != judges.PASSED:
                log(f"{judge.name} fail unbroken, and judge nothing: {' '.join(judge.files)}")
        return self._is_sound[judge]


def _hash(panel: list[Judge]) -> str:
    return " ".join(judge.hash(ROOT) for judge in panel)


def report(drawn: dict[Mutant, str], verdicts: dict[Mutant, Verdict]) -> int:
    """Print the survivors and the share; returns how many were killed."""
    for mutant in sorted(drawn, key=lambda mutant: (mutant.module, mutant.line)):
        if verdicts[mutant].killed_by is None:
            print(f"{mutant.module}:{mutant.line} survived ({mutant.family})\n{mutant.diff}\n")
    by = [verdict.killed_by for verdict in verdicts.values()]
    killed = sum(judge is not None for judge in by)
    shares = [f"{by.count(judge)} by {judge}" for judge in sorted({j for j in by if j})]
    share = killed / len(drawn) if drawn else 0.0
    print(f"killed: {killed} of {len(drawn)}, {share:.1%} ({', '.join(shares)})")
    return killed


def log(text: str) -> None:
    print(f"mutants: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    typer.run(main)
