package io.stoat.bench.echo;

import static io.stoat.bench.result.Bound.NONE;
import static io.stoat.bench.result.Bound.atMost;

import io.stoat.affinity.PlannedThread;
import io.stoat.affinity.Role;
import io.stoat.affinity.ThreadPlan;
import io.stoat.affinity.Topology;
import io.stoat.bench.ComparisonOptions;
import io.stoat.bench.Median;
import io.stoat.bench.WarmUp;
import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.bench.report.Comparison;
import io.stoat.bench.result.Bound;
import io.stoat.bench.result.Figure;
import io.stoat.bench.target.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stoat bench burst}: whether readers feel a burst of writes. */
@Command(
        name = "burst",
        mixinStandardHelpOptions = true,
        description = {
            "Gets over IPC at a steady rate, each timed from when it should have been sent, without and with another",
            "process that puts at full speed; on a node whose reads and writes have agents on threads of their own, and",
            "on a node with one thread for all. Node, reader and writer are processes; the arrangement of their threads is",
            "printed. Both nodes stay for all rounds and take turns; the one that waits sleeps. Without and with writes change",
            "places within a turn. Ratios are taken within a round; their median counts. Exit code 1 when the separate agents' p99 ratio misses its bound of 1.3."
        })
public final class BurstCommand implements Callable<Integer> {
    private static final double WARM_SHARE = 0.02;
    private static final double BOUND = 1.3;
    private static final String US = "us";

    @Spec private CommandSpec spec;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "15",
            description = "Rounds; default ${DEFAULT-VALUE}, each of a turn of both nodes.")
    private int rounds;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "12",
            description =
                    "Most rounds that do not count: until the compilers of all JVMs take less than 2 %% of a round;"
                            + " default ${DEFAULT-VALUE}.")
    private int warmUpRounds;

    @Option(
            names = "--millis",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Gets of a turn without writes, and with, ms; default ${DEFAULT-VALUE}.")
    private long millis;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "5000",
            description = "Gets a second; default ${DEFAULT-VALUE}.")
    private long rate;

    @Option(
            names = "--value-size",
            paramLabel = "BYTES",
            defaultValue = "128",
            description = "Length of the values; default ${DEFAULT-VALUE}.")
    private int valueLength;

    @Mixin private ComparisonOptions output;

    /** Made by picocli. */
    public BurstCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        if (rounds < 1
                || warmUpRounds < 0
                || millis < 1
                || valueLength < 1
                || rate < 1
                || rate > 1_000_000) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--rounds, --millis and --value-size must be 1 or more, --warm-up 0,"
                            + " --rate from 1 to 1000000");
        }
        final BurstArrangement arrangement = BurstArrangement.of(Topology.read());
        if (arrangement == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "burst needs two CPUs: reads' threads on one, writes' on another");
        }
        final Comparison comparison = output.begin(spec, arrangement.separateNode());
        comparison.note(arrangement.description());
        final PlannedThread reader = ThreadPlan.parse(arrangement.reader()).thread(Role.CLIENT);
        final ExecutorService thread = BurstArrangement.thread(reader);
        try (ScratchDirectory scratch = ScratchDirectory.create();
                BurstSide separate =
                        side(scratch, "separate", arrangement.separateNode(), arrangement, reader);
                BurstSide shared =
                        side(scratch, "shared", arrangement.sharedNode(), arrangement, reader)) {
            thread.submit(() -> measure(comparison, separate, shared)).get();
        } finally {
            thread.shutdown();
        }
        return output.end(comparison);
    }

    private BurstSide side(
            final ScratchDirectory scratch,
            final String name,
            final String nodePlan,
            final BurstArrangement arrangement,
            final PlannedThread reader)
            throws IOException {
        final Path directory = Files.createDirectory(scratch.path().resolve(name));
        return new BurstSide(
                directory,
                "127.0.0.1:" + Ports.freeUdp(),
                valueLength,
                nodePlan,
                reader,
                arrangement.writer());
    }

    private void measure(
            final Comparison comparison, final BurstSide separate, final BurstSide shared) {
        final long durationNs = TimeUnit.MILLISECONDS.toNanos(millis);
        final long intervalNs = TimeUnit.SECONDS.toNanos(1) / rate;
        final WarmUp.Subject<RuntimeException> sides =
                new WarmUp.Subject<>() {
                    @Override
                    public void round(final int round) {
                        final boolean even = round % 2 == 0;
                        (even ? shared : separate).round(durationNs, intervalNs, round % 4 < 2);
                        (even ? separate : shared).round(durationNs, intervalNs, round % 4 < 2);
                    }

                    @Override
                    public long compiledMs() {
                        return WarmUp.compiledMs() + separate.compiledMs() + shared.compiledMs();
                    }
                };
        final WarmUp warmUp = WarmUp.of(sides, warmUpRounds, WARM_SHARE);
        comparison.note(warmUp.toString());
        separate.forget();
        shared.forget();
        for (int round = 1; round <= rounds; round++) {
            sides.round(warmUp.rounds() + round);
        }
        comparison.note(
                String.format(
                        Locale.ROOT,
                        "%d rounds, turns of %d ms, %,d gets/s, %d-byte values",
                        rounds,
                        millis,
                        rate,
                        valueLength));
        comparison.section("puts of the burst");
        comparison.figures("reads and writes on separate threads", puts(separate));
        comparison.figures("reads and writes on one thread", puts(shared));
        compare(comparison, "reads and writes on separate threads", separate, atMost(BOUND));
        compare(comparison, "reads and writes on one thread", shared, NONE);
        comparison.section("in a burst", "separate threads", "one thread");
        comparison.compare("get p99", US, separate.burst.p99Us(), shared.burst.p99Us(), NONE);
    }

    private static Figure puts(final BurstSide side) {
        return Figure.of("puts/s", "", Median.of(side.writes.rates()));
    }

    private static void compare(
            final Comparison comparison,
            final String title,
            final BurstSide side,
            final Bound ofP99) {
        comparison.section(title, "no writes", "burst");
        comparison.compare("get p50", US, side.quiet.p50Us(), side.burst.p50Us(), NONE);
        comparison.compare("get p99", US, side.quiet.p99Us(), side.burst.p99Us(), ofP99);
    }
}
