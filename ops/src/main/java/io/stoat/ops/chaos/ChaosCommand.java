package io.stoat.ops.chaos;

import io.stoat.ops.CommandFailure;
import io.stoat.ops.cluster.ClusterProcesses;
import io.stoat.ops.cluster.NetworkNamespaces;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stoat chaos}: makes members fail while clients work, and checks what the clients saw. */
@Command(
        name = "chaos",
        description = {
            "Run three member processes and some clients, make members, their network, clocks and disks fail as a seed",
            "says, and check every history of operations for linearizability, and local reads for their age. Exit code 1",
            "if one is not, or if members differ. Says of each fault what shows that it struck. Partitions and a full disk",
            "need root, and are skipped with the reason without it."
        },
        subcommands = FailoverCommand.class,
        footer = {"", "Example:", "  stoat chaos --minutes 5 --seed 42"})
public final class ChaosCommand implements Callable<Integer> {
    private static final String NETWORK = "STOAT_CHAOS_NETWORK";
    private static final List<String> SETTINGS =
            List.of(
                    "entries=40000",
                    "value-size=64",
                    "shards=2",
                    "term-length=262144",
                    // a loaded host must not look like a dead leader
                    "heartbeat-timeout-ms=2000",
                    "election-timeout-ms=500",
                    "snapshot-log-bytes=1048576");

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "How long (default: 1, or as long as --turns take); may be a fraction.")
    private Double minutes;

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

    @Option(
            names = "--turns",
            paramLabel = "N",
            description = "End after so many faults; those of --faults come first.")
    private Integer turns;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        if (minutes != null && !(minutes > 0 && minutes <= 10_000)
                || clients < 1
                || clients > 16
                || turns != null && turns < 1) {
            throw CommandFailure.usage(
                    "--minutes must be above 0, --clients from 1 to 16, --turns 1 or more");
        }
        final long used = seed == null ? new Random().nextLong() : seed;
        final PrintWriter out = spec.commandLine().getOut();
        final List<Fault> chosen = new ArrayList<>(faults == null ? List.of() : faults);
        if (chosen.isEmpty()) {
            chosen.addAll(List.of(Fault.values()));
            Collections.shuffle(chosen, new Random(used));
        }
        final String network = System.getenv(NETWORK);
        if (network == null) {
            out.println("seed " + used);
            skip(chosen, Fault::needsMounts, Afflictions::absenceOfMounts, out);
            skip(chosen, Fault::needsNetwork, NetworkNamespaces::absence, out);
            if (chosen.isEmpty()) {
                return 0;
            }
            if (chosen.stream().anyMatch(Fault::needsNetwork)) {
                out.flush();
                return runInNetwork(used, chosen, out);
            }
        }
        try (ClusterProcesses cluster =
                        new ClusterProcesses(
                                Scene.MEMBERS,
                                SETTINGS,
                                network == null
                                        ? null
                                        : NetworkNamespaces.join(network, Scene.MEMBERS));
                ChaosRun run = new ChaosRun(cluster, out, used, clients, chosen)) {
            run.run(durationNs(), turns == null ? Integer.MAX_VALUE : turns);
        } catch (final CommandFailure failure) {
            throw CommandFailure.failed("seed " + used + ": " + failure.getMessage());
        }
        return 0;
    }

    private long durationNs() {
        if (minutes == null && turns != null) {
            return Long.MAX_VALUE;
        }
        return (long) ((minutes == null ? 1 : minutes) * TimeUnit.MINUTES.toNanos(1));
    }

    private static void skip(
            final List<Fault> chosen,
            final Predicate<Fault> kind,
            final Supplier<String> absence,
            final PrintWriter out) {
        if (chosen.stream().anyMatch(kind)) {
            final String reason = absence.get();
            if (reason != null) {
                out.println("skipped: " + chosen.stream().filter(kind).toList() + ": " + reason);
                chosen.removeIf(kind);
            }
        }
    }

    /** Clients have to be in the members' network: the same command again, inside its hub. */
    private int runInNetwork(final long used, final List<Fault> chosen, final PrintWriter out) {
        try (NetworkNamespaces network = NetworkNamespaces.create(Scene.MEMBERS)) {
            final List<String> command = new ArrayList<>(network.hubPrefix());
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            final String options = System.getProperty("stoat.jvm.options");
            if (options != null) {
                command.add("@" + options);
                command.add("-Dstoat.jvm.options=" + options);
            }
            final String tier = System.getProperty("stoat.cluster.tier");
            if (tier != null) {
                command.add("-Dstoat.cluster.tier=" + tier);
            }
            command.addAll(
                    List.of(
                            "-cp",
                            System.getProperty("java.class.path"),
                            "io.stoat.ops.StoatMain",
                            "chaos",
                            "--seed",
                            Long.toString(used),
                            "--clients",
                            Integer.toString(clients),
                            "--faults",
                            chosen.stream().map(Fault::name).collect(Collectors.joining(","))));
            if (minutes != null) {
                command.addAll(List.of("--minutes", minutes.toString()));
            }
            if (turns != null) {
                command.addAll(List.of("--turns", turns.toString()));
            }
            final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put(NETWORK, network.name());
            final Process process = builder.start();
            final Thread ender = new Thread(process::destroy, "stoat-chaos-ender");
            Runtime.getRuntime().addShutdownHook(ender);
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line; (line = lines.readLine()) != null; ) {
                    out.println(line);
                    out.flush();
                }
                return process.waitFor();
            } finally {
                process.destroy();
                Runtime.getRuntime().removeShutdownHook(ender);
            }
        } catch (final IOException ex) {
            throw CommandFailure.failed("cannot run inside the network: " + ex.getMessage());
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }
}
