package io.stoat.bench;

import io.stoat.affinity.Role;
import io.stoat.affinity.ThreadPlan;
import io.stoat.affinity.Topology;
import io.stoat.bench.rig.Phase;
import io.stoat.bench.scenario.Settings;
import io.stoat.bench.workload.KeyOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that every scenario has. */
final class ScenarioOptions {
    private static final int QUICK_FORKS = 1;
    private static final int FULL_FORKS = 3;
    private static final long DEFAULT_TTL_MS = 3_600_000;
    private static final double MOST_RATE = 1e9;

    @Mixin private RunOptions run;

    @Option(
            names = "--quick",
            description =
                    "Short runs, one fork: under 2 minutes, unless --seconds or --forks says otherwise; a hint only.")
    private boolean quick;

    @Option(
            names = "--forks",
            paramLabel = "N",
            description = "Repetitions, each in new JVMs; default 3, quick 1.")
    private Integer forks;

    @Option(
            names = "--workload",
            paramLabel = "NAME",
            description = "ycsb-a to ycsb-f, read or update.")
    private String workload;

    @Option(names = "--keys", paramLabel = "N", description = "Keys in the store.")
    private long keys;

    @Option(names = "--value-size", paramLabel = "BYTES", description = "Length of the values.")
    private int valueLength;

    @Option(
            names = "--misses",
            paramLabel = "PERCENT",
            description = "Share of the reads that ask for an absent key; default 0.")
    private double missPercent;

    @Option(
            names = "--ttl-share",
            paramLabel = "PERCENT",
            description = "Share of the writes that carry a time to live; default 0.")
    private double ttlPercent;

    @Option(
            names = "--ttl",
            paramLabel = "MS",
            description = "Time to live that they carry, ms; default an hour.")
    private Long ttlMs;

    @Option(
            names = "--key-order",
            paramLabel = "NAME",
            description = "uniform, zipfian or latest; default the workload's.")
    private String keyOrder;

    @Option(
            names = "--option",
            paramLabel = "NAME=VALUE",
            description = "Option of a target, such as heartbeat-timeout-ms of a cluster.")
    private Map<String, String> options = Map.of();

    @Option(names = "--clients", paramLabel = "N", description = "Clients of each run.")
    private int clients;

    @Option(
            names = "--rates",
            split = ",",
            paramLabel = "N",
            description = "Rates of the open loops, a second; default shares of the closed loop's.")
    private List<Double> rates;

    @Option(
            names = "--window",
            split = ",",
            paramLabel = "N",
            description =
                    "Requests in flight of each client, a phase each; of pipelining and three-node instead of their own.")
    private List<Integer> windows;

    @Option(
            names = "--p99",
            paramLabel = "US",
            description = "Also search for the highest rate whose P99 is at most this, us.")
    private double p99BoundUs;

    @Option(names = "--tape", paramLabel = "FILE", description = "CSV with Time, Price, Volume.")
    private Path tape;

    @Option(
            names = "--pace",
            paramLabel = "N",
            description = "Replay N times as fast as recorded; default as fast as possible.")
    private double pace;

    /** Refuses what cannot be, naming the option. */
    Settings settings(final boolean several) {
        final double seconds = run.seconds();
        ThreadPlan.of(
                run.plan("off"),
                Topology.read(),
                Role.DRIVER,
                Role.read(0),
                Role.write(0),
                Role.CLIENT);
        if (forks() < 1 || forks() > 99) {
            throw new IllegalArgumentException("--forks=" + forks() + " must be 1 to 99");
        }
        if (seconds < 0
                || pace < 0
                || p99BoundUs < 0
                || keys < 0
                || valueLength < 0
                || clients < 0) {
            throw new IllegalArgumentException(
                    "--seconds, --pace, --p99, --keys, --value-size and --clients must not be negative");
        }
        requirePercent("--misses", missPercent);
        requirePercent("--ttl-share", ttlPercent);
        if (ttlMs != null && ttlMs < 1) {
            throw new IllegalArgumentException("--ttl=" + ttlMs + " must be 1 ms or more");
        }
        if (ttlMs != null && ttlPercent == 0) {
            throw new IllegalArgumentException(
                    "--ttl=" + ttlMs + " needs writes that carry it: give --ttl-share PERCENT");
        }
        if (rates != null && rates.stream().anyMatch(rate -> !(rate > 0 && rate < MOST_RATE))) {
            throw new IllegalArgumentException(
                    "--rates=" + rates + " must be more than 0, and less than a billion a second");
        }
        if (windows != null
                && windows.stream().anyMatch(window -> window < 1 || window > Phase.MAX_WINDOW)) {
            throw new IllegalArgumentException(
                    "--window=" + windows + " must be 1 to " + Phase.MAX_WINDOW);
        }
        if (tape != null && !Files.isReadable(tape)) {
            throw new IllegalArgumentException("--tape=" + tape + " cannot be read");
        }
        return new Settings(
                quick,
                several,
                forks(),
                run.plan("off"),
                run.targets(),
                workload,
                keys,
                valueLength,
                clients,
                seconds,
                rates,
                windows,
                Math.round(p99BoundUs * 1_000),
                tape == null ? null : tape.toAbsolutePath().toString(),
                pace,
                missPercent,
                ttlPercent,
                ttlMs == null ? DEFAULT_TTL_MS : ttlMs,
                keyOrder == null ? null : KeyOrder.of(keyOrder),
                Map.copyOf(options));
    }

    private static void requirePercent(final String option, final double value) {
        if (!(value >= 0 && value <= 100)) {
            throw new IllegalArgumentException(option + "=" + value + " must be 0 to 100");
        }
    }

    /** Where results go. */
    Path directory(final String name) {
        return run.directory(name);
    }

    boolean isQuick() {
        return quick;
    }

    int forks() {
        return forks == null ? quick ? QUICK_FORKS : FULL_FORKS : forks;
    }
}
