package io.stoat.bench.scenario;

import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.target.Target;
import io.stoat.bench.target.Targets;
import java.util.Comparator;
import java.util.List;

/**
 * How long runs take, and how those of a quick call are kept under two minutes: what starting and
 * loading leave of the budget is divided over the phases; while the runs go on, a busy host may
 * take longer, so that one for which no time is left is left out.
 */
public final class QuickBudget {
    /** Time that a plan of quick runs may take, ms. */
    public static final long PLANNED_MS = 100_000;

    /**
     * Time from the first run on after which none goes on, ms: the rest of two minutes is for the
     * report.
     */
    public static final long LIMIT_MS = 112_000;

    /** A JVM on a host that does something else, too: its start, what it loads, and its end. */
    private static final long JVM_START_MS = 2_400;

    /** Shorter phases show nothing. */
    private static final long LEAST_PHASE_MS = 250;

    private static final double LEAST_SHARE = 0.01;
    private static final double SHARE_STEP = 0.9;

    /** What one run is given at least before it is cut off, ms. */
    private static final long LEAST_RUN_MS = 10_000;

    private QuickBudget() {}

    /**
     * @param run to make.
     * @return about how long it takes with the start of its processes and the load of its keys, ms.
     */
    static long costMs(final RunSpec run) {
        return fixedMs(run) + run.expectedMs();
    }

    /**
     * @param runs to make once each.
     * @return about how long all of them take, ms.
     */
    static long costMs(final List<RunSpec> runs) {
        return runs.stream().mapToLong(QuickBudget::costMs).sum();
    }

    private static long fixedMs(final RunSpec run) {
        final Target target = Targets.named(run.target());
        return JVM_START_MS * target.processes()
                + run.workload().keys() * target.loadNsPerKey() / 1_000_000;
    }

    /**
     * Shortens phases as far as the budget needs it, and puts the runs with the most processes
     * last: if one must be left out, it is the one whose time serves several others.
     *
     * @param runs of a quick call.
     * @return the runs, of which at least some fit.
     */
    static List<RunSpec> fit(final List<RunSpec> runs) {
        final long fixedMs = runs.stream().mapToLong(QuickBudget::fixedMs).sum();
        final long unchangedMs =
                runs.stream().filter(RunSpec::isTimedByEvents).mapToLong(RunSpec::expectedMs).sum();
        final long loadMs = runs.stream().mapToLong(RunSpec::expectedMs).sum() - unchangedMs;
        double share =
                Math.min(1, (PLANNED_MS - fixedMs - unchangedMs) / (double) Math.max(1, loadMs));
        List<RunSpec> shortened = shortened(runs, share);
        // phases that are not shortened further leave less to the others
        while (costMs(shortened) > PLANNED_MS && share > LEAST_SHARE) {
            share *= SHARE_STEP;
            shortened = shortened(runs, share);
        }
        return shortened.stream()
                .sorted(
                        Comparator.comparingInt(
                                run -> Math.max(2, Targets.named(run.target()).processes())))
                .toList();
    }

    private static List<RunSpec> shortened(final List<RunSpec> runs, final double share) {
        return runs.stream()
                .map(run -> run.isTimedByEvents() ? run : run.shortened(share, LEAST_PHASE_MS))
                .toList();
    }

    /**
     * @param run to make next.
     * @param slowness how many times as long as planned the runs before took.
     * @param leftMs of the limit, ms.
     * @return whether it is to be begun.
     */
    static boolean isEnough(final RunSpec run, final double slowness, final long leftMs) {
        return leftMs >= Math.max(LEAST_RUN_MS / 2, costMs(run) * Math.max(1, slowness));
    }
}
