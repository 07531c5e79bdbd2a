package io.stoat.bench.gate;

import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.RunSpec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Holds the gate again and again with pairs of forks drawn, with replacement, from those that real
 * gates recorded: how often it would say what on the host that they ran on. Exchanging the two
 * builds of a pair by chance makes an A/A run of any recorded pairs of one build.
 */
public final class Rehearsal {
    private final Map<RunSpec, List<Pair>> pairs = new LinkedHashMap<>();
    private final Criteria criteria;
    private final int least;
    private final int most;
    private long drawn;
    private long held;
    private double planted;

    /**
     * @param recorded runs of each gate that compared two builds in turns; forks that FAILED are
     *     left out.
     * @param criteria to judge by.
     * @param least forks of each build.
     * @param most forks of each build.
     * @throws IllegalArgumentException when a run has too few pairs to draw from.
     */
    public Rehearsal(
            final List<List<RunResult>> recorded,
            final Criteria criteria,
            final int least,
            final int most) {
        this.criteria = criteria;
        this.least = least;
        this.most = most;
        recorded.forEach(this::add);
        pairs.forEach(
                (spec, own) -> {
                    if (own.size() < Comparison.LEAST_FORKS) {
                        throw new IllegalArgumentException(
                                spec.key() + ": " + own.size() + " pairs are too few to draw from");
                    }
                });
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("no runs of two builds are there");
        }
    }

    private void add(final List<RunResult> gate) {
        Pair.byRun(gate)
                .forEach(
                        (spec, own) ->
                                pairs.computeIfAbsent(spec, key -> new ArrayList<>()).addAll(own));
    }

    /**
     * Plants a slow-down in the gates that are held from now on.
     *
     * @param part by which the candidate's operations take longer, such as 0.1 for 10 %; 0 for not.
     * @return this
     */
    public Rehearsal planted(final double part) {
        planted = part;
        return this;
    }

    /**
     * @return the least number of recorded pairs of any run.
     */
    public int pairs() {
        return pairs.values().stream().mapToInt(List::size).min().orElse(0);
    }

    /**
     * @return pairs of each run that a gate held so far needed on the average.
     */
    public double pairsNeeded() {
        return held == 0 ? 0 : (double) drawn / held / pairs.size();
    }

    /**
     * Holds gates.
     *
     * @param trials how many.
     * @param exchanged whether the builds of a pair change places by chance.
     * @param seed of the choice.
     * @return how often each outcome was found.
     */
    public Map<Gate.Outcome, Integer> outcomes(
            final int trials, final boolean exchanged, final long seed) {
        final Random random = new Random(seed);
        final Map<Gate.Outcome, Integer> counts = new EnumMap<>(Gate.Outcome.class);
        for (int trial = 0; trial < trials; trial++) {
            counts.merge(outcome(random, exchanged), 1, Integer::sum);
        }
        return counts;
    }

    private Gate.Outcome outcome(final Random random, final boolean exchanged) {
        final int phases = pairs.keySet().stream().mapToInt(spec -> spec.phases().size()).sum();
        final AdaptiveForks forks =
                new AdaptiveForks(criteria, phases, least, most, System.nanoTime() + (1L << 60));
        final List<RunResult> results = new ArrayList<>();
        for (int fork = 0; fork < most; fork++) {
            for (final Map.Entry<RunSpec, List<Pair>> entry : pairs.entrySet()) {
                if (forks.wants(entry.getKey(), fork, results)) {
                    final Pair pair = drawn(entry.getValue(), random, exchanged);
                    results.add(pair.baseline().as("before", fork));
                    results.add(pair.candidate().as(Build.THIS, fork));
                }
            }
        }
        drawn += results.size() / 2;
        held++;
        return Gate.of(
                        criteria,
                        phases,
                        true,
                        results.stream().filter(run -> !run.build().equals(Build.THIS)).toList(),
                        results.stream().filter(run -> run.build().equals(Build.THIS)).toList())
                .outcome();
    }

    private Pair drawn(final List<Pair> own, final Random random, final boolean exchanged) {
        final Pair pair = own.get(random.nextInt(own.size()));
        return (exchanged && random.nextBoolean() ? pair.exchanged() : pair).slowed(planted);
    }
}
