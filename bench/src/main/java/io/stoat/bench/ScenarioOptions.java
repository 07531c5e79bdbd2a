package io.stoat.bench;

import io.stoat.affinity.Role;
import io.stoat.affinity.ThreadPlan;
import io.stoat.affinity.Topology;
import io.stoat.bench.scenario.Settings;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import picocli.CommandLine.Option;

/** Options that every scenario has. */
final class ScenarioOptions {
    private static final int QUICK_FORKS = 1;
    private static final int FULL_FORKS = 3;

    @Option(names = "--quick", description = "Short runs, one fork: under 2 minutes, a hint only.")
    private boolean quick;

    @Option(
            names = "--forks",
            paramLabel = "N",
            description = "Repetitions, each in new JVMs; default 3, quick 1.")
    private Integer forks;

    @Option(
            names = "--pin",
            paramLabel = "PLAN",
            defaultValue = "off",
            description = "Thread plan of node and load: auto, off (default) or a line.")
    private String plan;

    @Option(names = "--targets", split = ",", paramLabel = "NAME", description = "What to measure.")
    private List<String> targets;

    @Option(
            names = "--workload",
            paramLabel = "NAME",
            description = "ycsb-a to ycsb-f, read or update.")
    private String workload;

    @Option(names = "--keys", paramLabel = "N", description = "Keys in the store.")
    private long keys;

    @Option(names = "--value-size", paramLabel = "BYTES", description = "Length of the values.")
    private int valueLength;

    @Option(names = "--clients", paramLabel = "N", description = "Clients of each run.")
    private int clients;

    @Option(names = "--seconds", paramLabel = "S", description = "Length of each phase.")
    private double seconds;

    @Option(
            names = "--rates",
            split = ",",
            paramLabel = "N",
            description = "Rates of the open loops, a second; default shares of the closed loop's.")
    private List<Double> rates;

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
        ThreadPlan.of(plan, Topology.read(), Role.DRIVER, Role.read(0), Role.write(0), Role.CLIENT);
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
        if (tape != null && !java.nio.file.Files.isReadable(tape)) {
            throw new IllegalArgumentException("--tape=" + tape + " cannot be read");
        }
        return new Settings(
                quick,
                forks(),
                plan,
                targets,
                workload,
                keys,
                valueLength,
                clients,
                seconds > 0 || !quick || !several ? seconds : QUICK_SECONDS_OF_ALL,
                rates,
                Math.round(p99BoundUs * 1_000),
                tape == null ? null : tape.toAbsolutePath().toString(),
                pace);
    }

    private static final double QUICK_SECONDS_OF_ALL = 0.3;

    boolean isQuick() {
        return quick;
    }

    int forks() {
        return forks == null ? quick ? QUICK_FORKS : FULL_FORKS : forks;
    }

    static Path directory(final String name) {
        return Path.of(
                "bench-results",
                name
                        + "-"
                        + LocalDateTime.now()
                                .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")));
    }
}
