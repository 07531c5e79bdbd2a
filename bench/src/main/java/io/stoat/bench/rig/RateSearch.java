package io.stoat.bench.rig;

import io.stoat.bench.result.PhaseResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * Finds the highest rate of an open loop that meets a bound of the P99: starts from a rate that is
 * surely too high, then halves the interval between the best accepted rate and the least refused
 * one, in proportion. A rate is accepted when every operation was sent and answered rightly and the
 * P99, counted from intended send times, is within the bound.
 */
final class RateSearch {
    /** Most open loops that a search runs. */
    static final int MAX_PROBES = 8;

    private static final double LEAST_SHARE = 1 / 64.0;

    private final long p99BoundNs;
    private final DoubleFunction<PhaseResult> probe;
    private final List<double[]> probes = new ArrayList<>();
    private PhaseResult best;

    /**
     * @param p99BoundNs highest P99 that is accepted, ns.
     * @param probe runs an open loop at a rate.
     */
    RateSearch(final long p99BoundNs, final DoubleFunction<PhaseResult> probe) {
        this.p99BoundNs = p99BoundNs;
        this.probe = probe;
    }

    /**
     * @param ceiling rate that the target cannot exceed, such as that of a closed loop.
     * @param label of the result.
     * @return result of the highest accepted rate; when none was accepted, that of the last probe,
     *     with a rate of 0.
     */
    PhaseResult run(final double ceiling, final String label) {
        double accepted = 0;
        double refused = ceiling * 1.1;
        PhaseResult last = null;
        for (int i = 0; i < MAX_PROBES && refused > accepted * 1.02; i++) {
            final double rate =
                    accepted == 0
                            ? i == 0 ? ceiling * 0.8 : refused / 2
                            : Math.sqrt(accepted * refused);
            if (rate < ceiling * LEAST_SHARE) {
                break;
            }
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
        }
        return (best == null ? last.withoutRate() : best).withProbes(probes, label);
    }
}
