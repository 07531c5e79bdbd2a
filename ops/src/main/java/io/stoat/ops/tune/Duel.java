package io.stoat.ops.tune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The automatic plan against the best other one, in pairs of runs one after the other, so that what
 * drifts on the host hits both. What counts is the median of the pairs' ratios.
 */
final class Duel {
    /** Enough to tell 5 % on a quiet host. */
    static final int MOST_PAIRS = 12;

    /** Fewer pairs than this may be chance. */
    static final int FEWEST_PAIRS = 4;

    /** How near to the best the automatic plan should come. */
    static final double BOUND = 0.95;

    private final Candidate automatic;
    private final Candidate challenger;
    private final List<Double> ratios = new ArrayList<>();

    Duel(final Candidate automatic, final Candidate challenger) {
        this.automatic = automatic;
        this.challenger = challenger;
    }

    Candidate automatic() {
        return automatic;
    }

    Candidate challenger() {
        return challenger;
    }

    void add(final LoadFigures ofAutomatic, final LoadFigures ofChallenger) {
        ratios.add(ratio(ofAutomatic, ofChallenger));
        ratios.sort(null);
    }

    /** Of two runs: the geometric mean of how much better the first is in what the score counts. */
    static double ratio(final LoadFigures of, final LoadFigures to) {
        return Math.pow(
                of.requestsPerSecond()
                        / to.requestsPerSecond()
                        * (to.ipcP50Ns() / of.ipcP50Ns())
                        * (to.ipcP99Ns() / of.ipcP99Ns())
                        * (to.udpP50Ns() / of.udpP50Ns()),
                1.0 / 4);
    }

    int pairs() {
        return ratios.size();
    }

    /**
     * Median of the pairs' ratios, of the automatic plan to the other; of an even number the mean.
     */
    double median() {
        return (quantile(0.5, false) + quantile(0.5, true)) / 2;
    }

    double lowerQuartile() {
        return quantile(0.25, false);
    }

    double upperQuartile() {
        return quantile(0.75, true);
    }

    private double quantile(final double share, final boolean up) {
        final double place = share * (ratios.size() - 1);
        return ratios.get((int) (up ? Math.ceil(place) : Math.floor(place)));
    }

    Candidate winner() {
        return median() >= 1 ? automatic : challenger;
    }

    Map<String, Object> asMap() {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("challenger", challenger.plan());
        map.put("pairs", ratios.size());
        map.put("medianRatio", median());
        map.put("ratios", ratios);
        return map;
    }
}
