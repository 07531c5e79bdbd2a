package io.stoat.bench;

import io.stoat.bench.result.ResultFile;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.scenario.QuickBudget;
import io.stoat.bench.scenario.Repetitions;
import io.stoat.bench.scenario.Runner;
import io.stoat.bench.scenario.Scenario;
import io.stoat.bench.scenario.ScenarioRuns;
import io.stoat.bench.scenario.Settings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A scenario as a command: makes its runs and writes JSON, histogram logs and the report. */
@Command(
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:ok", "1:a run FAILED", "2:wrong usage"})
class ScenarioCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ScenarioOptions options;

    private final List<Scenario> scenarios;

    ScenarioCommand(final Scenario... scenarios) {
        this.scenarios = List.of(scenarios);
    }

    @Override
    public Integer call() {
        final List<RunSpec> runs;
        final boolean isBudgeted;
        try {
            final Settings settings = options.settings(scenarios.size() > 1);
            runs = ScenarioRuns.of(scenarios, settings);
            isBudgeted = settings.isBudgeted();
        } catch (final IllegalArgumentException ex) {
            throw new ParameterException(spec.commandLine(), ex.getMessage());
        }
        final PrintWriter printer = spec.commandLine().getOut();
        final Path directory = options.directory(spec.name());
        if (isBudgeted && scenarios.size() > 1) {
            printer.println(
                    "quick: representative targets and points of each scenario; name a scenario for more of it");
        }
        final ResultFile result =
                new Runner(spec.name(), directory, options.isQuick(), printer)
                        .limitMs(isBudgeted ? QuickBudget.LIMIT_MS : 0)
                        .run(runs, List.of(Build.current()), Repetitions.fixed(options.forks()));
        printer.println("results  " + directory.resolve("result.json"));
        printer.println("report   " + directory.resolve("report.html"));
        result.failures().forEach(failure -> printer.println("FAILED: " + failure));
        printer.flush();
        return result.failures().isEmpty() ? 0 : 1;
    }

    /** {@code stoat bench single-node}. */
    @Command(
            name = "single-node",
            description = "Every way into one node: latency at rising rates.")
    static final class SingleNode extends ScenarioCommand {
        SingleNode() {
            super(Scenario.SINGLE_NODE);
        }
    }

    /** {@code stoat bench three-node}. */
    @Command(
            name = "three-node",
            description = "Three replicated nodes: one write at a time, many, rising rates.")
    static final class ThreeNode extends ScenarioCommand {
        ThreeNode() {
            super(Scenario.THREE_NODE);
        }
    }

    /** {@code stoat bench failover}. */
    @Command(
            name = "failover",
            description = {
                "Three nodes under a steady rate of writes; a snapshot, then the leader is killed. Every write that was due",
                "meanwhile counts, from its intended time. --rates says how many writes a second."
            })
    static final class Failover extends ScenarioCommand {
        Failover() {
            super(Scenario.FAILOVER);
        }
    }

    /** {@code stoat bench value-size}. */
    @Command(name = "value-size", description = "Values from 8 B to 64 KiB.")
    static final class ValueSize extends ScenarioCommand {
        ValueSize() {
            super(Scenario.VALUE_SIZE);
        }
    }

    /** {@code stoat bench concurrency}. */
    @Command(name = "concurrency", description = "Clients at the same time.")
    static final class Concurrency extends ScenarioCommand {
        Concurrency() {
            super(Scenario.CONCURRENCY);
        }
    }

    /** {@code stoat bench pipelining}. */
    @Command(name = "pipelining", description = "Requests in flight of one client.")
    static final class Pipelining extends ScenarioCommand {
        Pipelining() {
            super(Scenario.PIPELINING);
        }
    }

    /** {@code stoat bench threads}. */
    @Command(name = "threads", description = "Reading threads over the same shared memory.")
    static final class Threads extends ScenarioCommand {
        Threads() {
            super(Scenario.THREADS);
        }
    }

    /** {@code stoat bench mixed-read-write}. */
    @Command(name = "mixed-read-write", description = "The core workloads of YCSB, A to F.")
    static final class MixedReadWrite extends ScenarioCommand {
        MixedReadWrite() {
            super(Scenario.MIXED_READ_WRITE);
        }
    }

    /** {@code stoat bench peers}. */
    @Command(
            name = "peers",
            description = "Stoat beside other stores, each if it is there, and the physical floor.")
    static final class Peers extends ScenarioCommand {
        Peers() {
            super(Scenario.PEERS);
        }
    }

    /** {@code stoat bench switches}. */
    @Command(name = "switches", description = "What each optimization brings: with and without it.")
    static final class Switches extends ScenarioCommand {
        Switches() {
            super(Scenario.SWITCHES);
        }
    }

    /** {@code stoat bench replay}. */
    @Command(name = "replay", description = "Recorded trades, as fast as possible or at a pace.")
    static final class Replay extends ScenarioCommand {
        Replay() {
            super(Scenario.REPLAY);
        }
    }

    /** {@code stoat bench all}. */
    @Command(
            name = "all",
            description = "All scenarios but switches (replay only when --tape is given).")
    static final class All extends ScenarioCommand {
        All() {
            super(
                    Scenario.SINGLE_NODE,
                    Scenario.THREE_NODE,
                    Scenario.FAILOVER,
                    Scenario.VALUE_SIZE,
                    Scenario.CONCURRENCY,
                    Scenario.PIPELINING,
                    Scenario.THREADS,
                    Scenario.MIXED_READ_WRITE,
                    Scenario.PEERS,
                    Scenario.REPLAY);
        }
    }
}
