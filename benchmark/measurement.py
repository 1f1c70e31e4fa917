"""The records of a benchmark: what was measured, where, how, and every latency in its order.

Averages are derived (`irrvit.benchmark.results.stats`), never stored. Units are in the names.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, PositiveFloat, PositiveInt

SCHEMA = 1
FAIR = "fair"
# As an accelerator: the runtime chooses, and whatever it takes is no fallback.
ANY_ACCELERATOR = "all"


class Record(BaseModel):
    """Facts that never change; JSON both ways, and a name that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DeviceInfo(Record):
    """The machine that ran it.

    Attributes:
        emulated: its latencies say nothing about a real device.
        id_hash: tells machines apart without saying which one this is.
    """

    kind: str
    name: str
    soc: str
    os: str
    ram_bytes: int
    abi: str
    cores: int
    emulated: bool
    id_hash: str


class RunConfig(Record):
    """How it is measured.

    Attributes:
        iterations, seconds: timed calls of each repeat, at least; both hold.
        repeats: whole runs, each from loading the file in a new process.
        warmup_s: how long to wait at most until latencies are stationary.
        settle_s: how long to wait at most for a quiet machine.
        timeout_s: after which one answer of the measured process counts as a hang.
        start_below_c, cool_s: how cool it is to be at the start; how long to wait for that.
        sustained_s: if given, each file alone is called for that long, to see it slow down.
    """

    runtime: str
    accelerator: str = "cpu"
    threads: PositiveInt = 1
    iterations: PositiveInt = 50
    seconds: PositiveFloat = 1.0
    repeats: PositiveInt = 8
    warmup_s: NonNegativeFloat = 2.0
    settle_s: NonNegativeFloat = 10.0
    timeout_s: PositiveFloat = 120.0
    start_below_c: float | None = None
    cool_s: NonNegativeFloat = 600.0
    sustained_s: PositiveFloat | None = None
    seed: int = 0


class Placement(Record):
    """Who ran the network's operations; None where the runtime does not say.

    Attributes:
        threads: of the CPU that ran it, which may be fewer than were asked for.
        nodes_on: how many operations ran on each accelerator.
    """

    accelerator: str
    threads: int | None = None
    nodes_total: int | None = None
    nodes_delegated: int | None = None
    partitions: int | None = None
    nodes_on: dict[str, int] | None = None


class DeviceState(Record):
    """The machine between two measurements.

    Attributes:
        load: cores that others kept busy.
        temperature_c: of a phone's skin where it says, else of its battery.
        thermal_status: in Android's words, from `none` (it does not slow down) to `shutdown`, and
            Apple's `fair`: it is warm, and does not slow down yet.
        is_low_power: it saves its battery, and slows down for that.
        disbelieved: what it said that cannot be true, in words.
    """

    load: float | None = None
    temperature_c: float | None = None
    frequency_mhz: float | None = None
    battery_percent: float | None = None
    charging: bool | None = None
    is_screen_on: bool | None = None
    thermal_status: str | None = None
    is_low_power: bool | None = None
    disbelieved: tuple[str, ...] = ()
    at_utc: str

    @property
    def is_slowed_down(self) -> bool:
        """Whether it slows itself down against heat, as far as it says."""
        return self.thermal_status not in (None, "none", FAIR)


class GoldenAgreement(Record):
    """What the file said on this device about the pictures whose answers its manifest knows.

    Attributes:
        equals_cpu: whether another accelerator's answer is the CPU's to the last bit, if compared.
        unchecked: why there was no answer to be compared.
    """

    cases: int
    failures: tuple[str, ...] = ()
    equals_cpu: bool | None = None
    unchecked: str | None = None

    @property
    def passed(self) -> bool:
        """A check that compared nothing has failed."""
        return self.cases > 0 and not self.failures


class Energy(Record):
    """What a call costs beyond an idle device.

    Attributes:
        uncertainty_mj: half of the 95 % interval.
        source: what was read, or why it is not available.
    """

    mj_per_call: float | None = None
    uncertainty_mj: float | None = None
    source: str


class HostParity(Record):
    """How far the outputs on a device are from those of the same file on this machine.

    Attributes:
        max_rel: the largest difference, as a share of the largest output for its picture; None
            where an output is not finite.
        same_decisions: pictures in which both name the same class.
    """

    pictures: int
    max_rel: float | None
    same_decisions: int


class Repeat(Record):
    """One whole run in a process of its own.

    Attributes:
        load_ms: from the file to a runtime that is ready; its import is not in it.
        warmup: calls that were made before the latencies were stationary.
        blocks_ms: consecutive calls between which another artifact had its turn; all, in order.
        calls_per_value: of how many calls each of them is the mean; 1 where single ones are known.
        own_cpu_ms: CPU time of the process within the blocks, all threads; None if unknown.
    """

    load_ms: float
    first_ms: float
    warmup: int
    blocks_ms: tuple[tuple[float, ...], ...]
    calls_per_value: PositiveInt = 1
    own_cpu_ms: float | None

    @property
    def latencies_ms(self) -> tuple[float, ...]:
        return tuple(ms for block in self.blocks_ms for ms in block)


class Measurement(Record):
    """One artifact on one device; what is blocked by `validity` is kept and shown as invalid.

    Attributes:
        background_cores: cores that others kept busy while the calls were timed.
        repeats: none where the clock would say nothing about the device.
        repeats_share_process: they ran in one process, as an app measures by itself.
        peak_memory_bytes, idle_memory_bytes: of a fresh process with the file called; before that.
        peak_gmacs: billions of MACs a second of a large linear layer in the same run.
        during: states between its blocks.
        interrupted: Ctrl-C, or a device that went for good, ended it early.
        host: the machine that the device belongs to, in a lab.
    """

    schema_version: int = SCHEMA
    run_id: str
    artifact_sha256: str
    target: str
    variant: str
    precision: str
    size_bytes: int
    macs: int
    device: DeviceInfo
    host: str | None = None
    config: RunConfig
    runtime_version: str
    placement: Placement
    golden: GoldenAgreement
    before: DeviceState
    after: DeviceState
    during: tuple[DeviceState, ...] = ()
    background_cores: float | None
    repeats: tuple[Repeat, ...]
    repeats_share_process: bool = False
    host_parity: HostParity | None = None
    peak_memory_bytes: int | None = None
    idle_memory_bytes: int | None = None
    peak_gmacs: float | None = None
    energy: Energy | None = None
    interrupted: bool = False
    started_utc: str

    @property
    def latencies_ms(self) -> tuple[float, ...]:
        """All timed calls in their order, repeat after repeat."""
        return tuple(ms for repeat in self.repeats for ms in repeat.latencies_ms)


class LatencySummary(Record):
    """Derived from latencies; `low_ms` to `high_ms` is the 95 % interval of the median."""

    n: int
    min_ms: float
    p50_ms: float
    p90_ms: float
    p99_ms: float
    mean_ms: float
    stdev_ms: float
    low_ms: float
    high_ms: float


class Issue(Record):
    """Why a number is not to be believed (`blocking`), or what to know about it."""

    code: str
    detail: str
    blocking: bool
