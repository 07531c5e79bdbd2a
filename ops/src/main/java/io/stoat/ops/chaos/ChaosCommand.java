package io.stoat.ops.chaos;

import io.stoat.ops.CommandFailure;
import io.stoat.ops.cluster.ClusterProcesses;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stoat chaos}: makes members fail while clients work, and checks what the clients saw. */
@Command(
        name = "chaos",
        description = {
            "Run three member processes and some clients, kill, stop and wipe members as a seed says, and check every",
            "history of operations for linearizability. Exit code 1 if one is not, or if members differ."
        },
        subcommands = FailoverCommand.class,
        footer = {"", "Example:", "  stoat chaos --minutes 5 --seed 42"})
public final class ChaosCommand implements Callable<Integer> {
    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "1",
            description = "How long (default: ${DEFAULT-VALUE}); may be a fraction.")
    private double minutes;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Of faults and operations (default: a new one, printed).")
    private Long seed;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "3",
            description = "Clients (default: ${DEFAULT-VALUE}).")
    private int clients;

    @Option(
            names = "--faults",
            paramLabel = "FAULT",
            split = ",",
            description = "Only these, in this order, then at random: ${COMPLETION-CANDIDATES}.")
    private List<Fault> faults;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        if (!(minutes > 0 && minutes <= 10_000) || clients < 1 || clients > 16) {
            throw CommandFailure.usage("--minutes must be above 0, --clients from 1 to 16");
        }
        final long used = seed == null ? new Random().nextLong() : seed;
        final PrintWriter out = spec.commandLine().getOut();
        out.println("seed " + used);
        final List<Fault> chosen = new ArrayList<>(faults == null ? List.of() : faults);
        if (chosen.isEmpty()) {
            chosen.addAll(List.of(Fault.values()));
            java.util.Collections.shuffle(chosen, new Random(used));
        }
        try (ClusterProcesses cluster =
                new ClusterProcesses(
                        3,
                        List.of(
                                "entries=2000",
                                "value-size=64",
                                "shards=2",
                                "term-length=262144",
                                // a loaded host must not look like a dead leader
                                "heartbeat-timeout-ms=2000",
                                "election-timeout-ms=500",
                                "snapshot-log-bytes=1048576"))) {
            new ChaosRun(cluster, out, used, clients, chosen)
                    .run((long) (minutes * TimeUnit.MINUTES.toNanos(1)));
        } catch (final CommandFailure failure) {
            throw CommandFailure.failed("seed " + used + ": " + failure.getMessage());
        }
        return 0;
    }
}
