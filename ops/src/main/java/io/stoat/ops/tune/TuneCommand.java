package io.stoat.ops.tune;

import com.fasterxml.jackson.jr.ob.JSON;
import io.stoat.affinity.CoreClaims;
import io.stoat.affinity.CpuSet;
import io.stoat.affinity.PlanSweep;
import io.stoat.affinity.ThreadPlan;
import io.stoat.affinity.Topology;
import io.stoat.ops.CommandFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stoat tune}: which thread plan suits this host best, by measurement. */
@Command(
        name = "tune",
        description = {
            "Measure thread plans against each other on this host, and print the best one's configuration line:",
            "one thread fewer than there are cores, as many, one more; the media driver with other agents, alone, or in",
            "parts; one or several read and write agents; not pinned. The load is Stoat's own, in processes of their",
            "own: gets over IPC and UDP, puts, and a reader of shared memory. One round with all plans, one with the better",
            "half; the rest of the time is for pairs of runs of the automatic plan and the best other one, whose median",
            "ratio says whether the automatic plan comes within 5 %% of the best.",
            "The host should have nothing else to do meanwhile. Leaves nothing behind, also after Ctrl-C."
        },
        footer = {"", "Example:", "  stoat tune --seconds 60 --json tune.json"})
public final class TuneCommand implements Callable<Integer> {
    private static final double DEFAULT_SECONDS = 75;
    private static final int CPUS_FOR_TWO_CLIENTS = 8;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "" + DEFAULT_SECONDS,
            description =
                    "How long to measure at most (default: ${DEFAULT-VALUE}); one run always comes to its end.")
    private double seconds;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON too.")
    private Path json;

    @Option(
            names = "--force",
            description = "Measure although other nodes have pinned threads to this host's cores.")
    private boolean force;

    @Spec private CommandSpec spec;

    private PrintWriter out;

    @Override
    public Integer call() throws IOException {
        if (!(seconds >= 1 && seconds <= 3_600)) {
            throw CommandFailure.usage("--seconds=" + seconds + ": must be from 1 to 3600");
        }
        out = spec.commandLine().getOut();
        final Topology topology = Topology.read();
        if (!force) {
            requireFreeCores(topology);
        }
        final List<Candidate> candidates = new ArrayList<>();
        for (final ThreadPlan plan : PlanSweep.around(topology)) {
            candidates.add(new Candidate(plan.toString(), candidates.isEmpty()));
        }
        final double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        printStart(topology, candidates, load);
        final Bed bed = new Bed(force);
        final Thread cleaner = new Thread(bed::close, "tune-clean-up");
        Runtime.getRuntime().addShutdownHook(cleaner);
        final Tournament tournament = tournament(bed, candidates);
        try (bed) {
            bed.start(topology.usable().size() >= CPUS_FOR_TWO_CLIENTS ? 2 : 1);
            tournament.hold(System.nanoTime() + (long) (seconds * 1e9));
        } finally {
            Runtime.getRuntime().removeShutdownHook(cleaner);
        }
        final Candidate best =
                tournament
                        .sweetSpot()
                        .orElseThrow(
                                () ->
                                        CommandFailure.failed(
                                                "no plan could be measured: "
                                                        + candidates.get(0).failure()));
        new TuneReport(candidates, best, tournament.duel()).print(out);
        if (json != null) {
            write(topology, load, candidates, best, tournament.duel());
        }
        return 0;
    }

    private void requireFreeCores(final Topology topology) {
        final CoreClaims claims = CoreClaims.ofThisHost();
        final CpuSet taken = claims.take(topology.usable());
        claims.release();
        if (!taken.isEmpty()) {
            final long pid = claims.holder(taken.first()).orElse(0);
            throw CommandFailure.failed(
                    "CPU "
                            + taken
                            + " has a pinned thread of another node"
                            + (pid == 0 ? "" : " (pid " + pid + ")")
                            + ", which would be measured too: stop it, or give --force");
        }
    }

    private void printStart(
            final Topology topology, final List<Candidate> candidates, final double load) {
        out.printf(
                Locale.ROOT,
                "host      %s%nplans     %d, for %.0f seconds at most%n",
                topology,
                candidates.size(),
                seconds);
        if (load > 1) {
            out.printf(
                    Locale.ROOT,
                    "warning   the host is busy (load %.1f on %d CPUs): other processes are measured too%n",
                    load,
                    topology.online().size());
        }
        out.println();
        out.flush();
    }

    private Tournament tournament(final Bed bed, final List<Candidate> candidates) {
        // runs of about three seconds, the start of the node included; shorter when time is
        final double scale = Math.max(0.25, Math.min(1, seconds / DEFAULT_SECONDS));
        final Bed.Durations durations =
                new Bed.Durations((long) (800 * scale), (long) (900 * scale), (long) (700 * scale));
        return new Tournament(
                candidates,
                plan -> bed.measure(plan, durations),
                (round, candidate, figures) -> printRun(round, candidate, figures),
                System::nanoTime);
    }

    private void printRun(final int round, final Candidate candidate, final LoadFigures figures) {
        if (figures == null) {
            out.printf("round %d   %s: %s%n", round, candidate.plan(), candidate.failure());
        } else {
            out.printf(
                    Locale.ROOT,
                    "round %d   %,10.0f/s   p50 %7.1f us   p99 %8.1f us   %s%n",
                    round,
                    figures.requestsPerSecond(),
                    figures.ipcP50Ns() / 1e3,
                    figures.ipcP99Ns() / 1e3,
                    candidate.plan());
        }
        out.flush();
    }

    private void write(
            final Topology topology,
            final double load,
            final List<Candidate> candidates,
            final Candidate best,
            final Optional<Duel> duel)
            throws IOException {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("cpus", topology.toString());
        map.put("java", Runtime.version().toString());
        map.put("loadAverageAtStart", load);
        map.put("seconds", seconds);
        map.put("sweetSpot", best.plan());
        map.put("configuration", TuneReport.configuration(best));
        final Optional<Candidate> automatic =
                candidates.stream().filter(Candidate::isAutomatic).findFirst();
        automatic.ifPresent(candidate -> map.put("automaticPlan", candidate.plan()));
        duel.ifPresent(pairs -> map.put("automaticAgainstBest", pairs.asMap()));
        map.put("plans", candidates.stream().map(Candidate::asMap).toList());
        Files.writeString(
                json, JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(map) + "\n");
    }
}
