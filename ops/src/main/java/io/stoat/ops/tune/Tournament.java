package io.stoat.ops.tune;

import io.stoat.ops.CommandFailure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/**
 * Measures candidates in rounds, one run each, forwards and backwards in turn so that what drifts
 * on the host hits all. After the first round the better half, three at least, goes on with the
 * automatic plan. After {@value #ROUNDS} rounds the automatic plan and the best other one have the
 * rest of the time for themselves, in a {@link Duel}. A run that may not end in time is not begun.
 */
final class Tournament {
    static final int ROUNDS = 2;
    private static final int FINALISTS = 3;

    /** Measures a plan, or throws {@link CommandFailure} when it cannot be had. */
    interface Run {
        LoadFigures measure(String plan);
    }

    /** Is told of each run. */
    interface Listener {
        void onRun(int round, Candidate candidate, LoadFigures figures);
    }

    private final List<Candidate> candidates;
    private final Run run;
    private final Listener listener;
    private final LongSupplier nanoClock;
    private long longestRunNs;
    private Duel duel;

    Tournament(
            final List<Candidate> candidates,
            final Run run,
            final Listener listener,
            final LongSupplier nanoClock) {
        this.candidates = candidates;
        this.run = run;
        this.listener = listener;
        this.nanoClock = nanoClock;
    }

    /**
     * @param deadlineNs of the clock; the first candidate gets a run in any case.
     */
    void hold(final long deadlineNs) {
        List<Candidate> left = new ArrayList<>(candidates);
        for (int round = 1; round <= ROUNDS; round++) {
            if (round > 1) {
                left = better(left);
            }
            final List<Candidate> order = new ArrayList<>(left);
            if (round % 2 == 0) {
                Collections.reverse(order);
            }
            for (final Candidate candidate : order) {
                if (!hasTime(1, deadlineNs)) {
                    return;
                }
                measure(round, candidate);
            }
        }
        fightOut(deadlineNs);
    }

    private boolean hasTime(final int runs, final long deadlineNs) {
        return longestRunNs == 0 || nanoClock.getAsLong() + runs * longestRunNs - deadlineNs <= 0;
    }

    private void fightOut(final long deadlineNs) {
        final Optional<Candidate> automatic =
                candidates.stream()
                        .filter(candidate -> candidate.isAutomatic() && candidate.isMeasured())
                        .findFirst();
        final Optional<Candidate> challenger =
                best(
                        candidates.stream()
                                .filter(candidate -> !candidate.isAutomatic())
                                .filter(candidate -> candidate.runs() == ROUNDS)
                                .toList());
        if (automatic.isEmpty() || challenger.isEmpty()) {
            return;
        }
        final Duel pairs = new Duel(automatic.get(), challenger.get());
        for (int pair = 0; pair < Duel.MOST_PAIRS && hasTime(2, deadlineNs); pair++) {
            final boolean automaticFirst = pair % 2 == 0;
            final int round = ROUNDS + 1 + pair;
            final LoadFigures first =
                    measure(round, automaticFirst ? pairs.automatic() : pairs.challenger());
            final LoadFigures second =
                    measure(round, automaticFirst ? pairs.challenger() : pairs.automatic());
            if (first == null || second == null) {
                return;
            }
            pairs.add(automaticFirst ? first : second, automaticFirst ? second : first);
            duel = pairs;
        }
    }

    /** What the automatic plan's pairs of runs showed, if there was time for any. */
    Optional<Duel> duel() {
        return Optional.ofNullable(duel);
    }

    private LoadFigures measure(final int round, final Candidate candidate) {
        final long startNs = nanoClock.getAsLong();
        final LoadFigures figures;
        try {
            figures = run.measure(candidate.plan());
        } catch (final CommandFailure ex) {
            candidate.fail(ex.getMessage());
            listener.onRun(round, candidate, null);
            return null;
        } finally {
            longestRunNs = Math.max(longestRunNs, nanoClock.getAsLong() - startNs);
        }
        candidate.add(figures);
        listener.onRun(round, candidate, figures);
        return figures;
    }

    /** Half of them, three at least, and the automatic plan; in their old order. */
    private static List<Candidate> better(final List<Candidate> all) {
        final List<Candidate> measured = all.stream().filter(Candidate::isMeasured).toList();
        final List<Candidate> ranked = new ArrayList<>(measured);
        ranked.sort(Comparator.comparingDouble(candidate -> -score(candidate, measured)));
        final List<Candidate> kept =
                ranked.subList(
                        0, Math.min(ranked.size(), Math.max(FINALISTS, (ranked.size() + 1) / 2)));
        return measured.stream()
                .filter(candidate -> kept.contains(candidate) || candidate.isAutomatic())
                .toList();
    }

    /**
     * How near a candidate comes to the best in every respect, up to 1: the geometric mean of
     * requests a second, p50 and p99 of gets over IPC and p50 of gets over UDP, each as a share of
     * the best of all measured. No single noisy figure decides.
     */
    static double score(final Candidate candidate, final List<Candidate> among) {
        final double product =
                share(candidate, among, figures -> 1 / figures.requestsPerSecond())
                        * share(candidate, among, LoadFigures::ipcP50Ns)
                        * share(candidate, among, LoadFigures::ipcP99Ns)
                        * share(candidate, among, LoadFigures::udpP50Ns);
        return Math.pow(product, 1.0 / 4);
    }

    /** Of a figure of which less is better, the best over the candidate's. */
    private static double share(
            final Candidate candidate,
            final List<Candidate> among,
            final ToDoubleFunction<LoadFigures> figure) {
        final double best =
                among.stream()
                        .filter(Candidate::isMeasured)
                        .mapToDouble(other -> figure.applyAsDouble(other.median()))
                        .min()
                        .orElseThrow();
        return best / figure.applyAsDouble(candidate.median());
    }

    /**
     * The winner of the duel; without one, of the candidates with the most runs that with the best
     * score; empty when there is none.
     */
    Optional<Candidate> sweetSpot() {
        if (duel != null) {
            return Optional.of(duel.winner());
        }
        final int most =
                candidates.stream()
                        .filter(Candidate::isMeasured)
                        .mapToInt(Candidate::runs)
                        .max()
                        .orElse(0);
        return best(
                candidates.stream()
                        .filter(candidate -> candidate.isMeasured() && candidate.runs() == most)
                        .toList());
    }

    private Optional<Candidate> best(final List<Candidate> among) {
        return among.stream()
                .filter(Candidate::isMeasured)
                .max(Comparator.comparingDouble(candidate -> score(candidate, candidates)));
    }
}
