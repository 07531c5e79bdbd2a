package io.stoat.bench.rig;

import io.stoat.bench.result.PhaseResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * Finds the highest rate of an open loop that meets a bound of the P99: doubles the rate until one
 * is refused, then halves the interval between the best accepted rate and the least refused one, in
 * proportion. No rate counts as refused that was not probed: a target that can have several
 * requests in flight does many times what a closed loop reaches. A rate is accepted when every
 * operation was sent and answered rightly and the P99, counted from intended send times, is within
 * the bound.
 */
final class RateSearch {
    /** Most open loops that a search runs. */
    static final int MAX_PROBES = 14;

    /** Rates further apart than this are not yet the answer. */
    private static final double PRECISION = 1.02;

    private static final double START_SHARE = 0.8;
    private static final double LEAST_SHARE = 1 / 64.0;

    private final long p99BoundNs;
    private final DoubleFunction<PhaseResult> probe;
    private final List<double[]> probes = new ArrayList<>();
    private PhaseResult best;
    private double accepted;
    private double refused = Double.POSITIVE_INFINITY;

    /**
     * @param p99BoundNs highest P99 that is accepted, ns.
     * @param probe runs an open loop at a rate.
     */
    RateSearch(final long p99BoundNs, final DoubleFunction<PhaseResult> probe) {
        this.p99BoundNs = p99BoundNs;
        this.probe = probe;
    }

    /**
     * @param reached rate that the target is known to reach in another loop: the search starts a
     *     little below it.
     * @param label of the result.
     * @return result of the highest accepted rate; when none was accepted, that of the last probe,
     *     with a rate of 0.
     */
    PhaseResult run(final double reached, final String label) {
        double rate = reached * START_SHARE;
        PhaseResult last = null;
        while (probes.size() < MAX_PROBES
                && rate >= reached * LEAST_SHARE
                && refused > accepted * PRECISION) {
            last = probe.apply(rate);
            final boolean meets =
                    last.problem() == null && !last.isSaturated() && last.all().p99() <= p99BoundNs;
            probes.add(new double[] {rate, last.all().p99(), meets ? 1 : 0});
            if (last.problem() != null) {
                return last.withProbes(probes, label);
            }
            if (meets) {
                accepted = rate;
                best = last;
            } else {
                refused = rate;
            }
            rate = next();
        }
        return (best == null ? last.withoutRate() : best).withProbes(probes, label);
    }

    private double next() {
        if (accepted == 0) {
            return refused / 2;
        }
        return refused == Double.POSITIVE_INFINITY ? accepted * 2 : Math.sqrt(accepted * refused);
    }
}
