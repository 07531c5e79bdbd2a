package io.stoat.bench.cluster;

import io.stoat.bench.WarmUp;
import io.stoat.bench.rig.Sides;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.agrona.CloseHelper;

/**
 * The clusters of a round. All are there at once, but the processes of one run while those of the
 * others are stopped, in turns of less than a second: what disturbs the host for longer falls on
 * each of them. One thread.
 */
final class ClusterRound implements AutoCloseable {
    /** Members that were stopped for longer would elect: see the time-outs of the configuration. */
    private static final long LONGEST_STOP_MS = 3_000;

    private static final long LONGEST_TURN_MS = 500;
    private static final long SETTLING_SHARE = 5;
    private static final int WARM_UP_TURNS = 4;

    /** Of the time of one cluster, for the compilers of all. */
    private static final double WARM_SHARE = 0.02;

    private final List<RunningCluster> clusters = new ArrayList<>();
    private final long turnMs;
    private Sides sides;

    /**
     * Starts the clusters.
     *
     * @param specs of Stoat's clusters; a bare one of the first's comes before them.
     */
    ClusterRound(final List<ClusterSpec> specs) {
        turnMs = Math.min(LONGEST_TURN_MS, LONGEST_STOP_MS / 2 / specs.size());
        try {
            clusters.add(new RunningCluster(Kind.BARE, specs.get(0)));
            specs.forEach(spec -> clusters.add(new RunningCluster(Kind.STOAT, spec)));
            sides = new Sides(clusters.size());
            for (int side = 0; side < clusters.size(); side++) {
                for (final long pid : clusters.get(side).pids()) {
                    sides.join(side, pid);
                }
            }
        } catch (final RuntimeException ex) {
            close();
            throw ex;
        }
    }

    /**
     * What came of a cluster, turn by turn.
     *
     * @param singles one put at a time.
     * @param batches batched puts.
     */
    record Figures(List<Series.Single> singles, List<Series.Batched> batches) {}

    /**
     * Puts in turns, until the compilers of all JVMs are idle.
     *
     * @param millis most time for each cluster.
     * @param puts of a message when batched.
     * @param window messages in flight when batched.
     * @return how it went.
     */
    WarmUp warmUp(final long millis, final int puts, final int window) {
        final long roundMs = 2 * WARM_UP_TURNS * turnMs;
        return WarmUp.of(
                new WarmUp.Subject<RuntimeException>() {
                    @Override
                    public void round(final int round) {
                        for (int i = 0; i < WARM_UP_TURNS; i++) {
                            eachInTurn(i, cluster -> cluster.batched(turnMs, puts, window));
                            eachInTurn(i, cluster -> cluster.single(turnMs));
                        }
                    }

                    @Override
                    public long compiledMs() {
                        return eachInTurn(0, RunningCluster::compiledMs).stream()
                                .mapToLong(Long::longValue)
                                .sum();
                    }
                },
                millis / roundMs,
                WARM_SHARE / clusters.size());
    }

    /**
     * One put at a time and batched puts, each cluster in its turn.
     *
     * @param millis time for each kind and cluster.
     * @param puts of a message when batched.
     * @param window messages in flight when batched.
     * @return what came of each cluster, the bare one first.
     */
    List<Figures> measure(final long millis, final int puts, final int window) {
        final List<Figures> figures = new ArrayList<>();
        clusters.forEach(ignore -> figures.add(new Figures(new ArrayList<>(), new ArrayList<>())));
        final long settlingMs = turnMs / SETTLING_SHARE;
        final long turns = Math.max(1, millis / turnMs);
        for (int turn = 0; turn < turns; turn++) {
            final List<Series.Single> singles =
                    eachInTurn(
                            turn,
                            cluster -> {
                                cluster.single(settlingMs);
                                return cluster.single(turnMs);
                            });
            final List<Series.Batched> batches =
                    eachInTurn(
                            turn,
                            cluster -> {
                                cluster.batched(settlingMs, puts, window);
                                return cluster.batched(turnMs, puts, window);
                            });
            for (int side = 0; side < figures.size(); side++) {
                figures.get(side).singles().add(singles.get(side));
                figures.get(side).batches().add(batches.get(side));
            }
        }
        return figures;
    }

    /** Each cluster's result, in the order of the clusters, whoever begins. */
    private <T> List<T> eachInTurn(final int first, final Function<RunningCluster, T> action) {
        final List<T> results = new ArrayList<>();
        clusters.forEach(ignore -> results.add(null));
        for (int i = 0; i < clusters.size(); i++) {
            final int side = (first + i) % clusters.size();
            sides.give(side);
            results.set(side, action.apply(clusters.get(side)));
        }
        return results;
    }

    /** Ends all clusters but Stoat's first one, which goes on without stops. */
    RunningCluster alone() {
        sides.close();
        for (int i = 0; i < clusters.size(); i++) {
            if (i != 1) {
                clusters.get(i).close();
            }
        }
        return clusters.get(1);
    }

    @Override
    public void close() {
        CloseHelper.quietClose(sides);
        clusters.forEach(RunningCluster::close);
    }
}
