package io.stoat.bench;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Rounds that do not count, until the compilers of the JVMs that are measured have little to do:
 * before that the percentiles are the compilers', and the more so the more code a contender has.
 * One thread.
 */
public final class WarmUp {
    private static final int LEAST_ROUNDS = 2;

    /**
     * What is warmed up.
     *
     * @param <X> what it throws.
     */
    public interface Subject<X extends Exception> {
        /**
         * A round.
         *
         * @param round its number, from 1.
         * @throws X when it fails.
         */
        void round(int round) throws X;

        /**
         * What the compilers of all its JVMs took so far.
         *
         * @return the sum, ms.
         */
        long compiledMs();
    }

    private final int rounds;
    private final double share;

    private WarmUp(final int rounds, final double share) {
        this.rounds = rounds;
        this.share = share;
    }

    /**
     * Goes through rounds, two or more, until compilers took no more than a share of one.
     *
     * @param subject to warm up.
     * @param most rounds.
     * @param enough share of a round's time that the compilers of all JVMs take together.
     * @param <X> what it throws.
     * @return how it went.
     * @throws X what the subject throws.
     */
    public static <X extends Exception> WarmUp of(
            final Subject<X> subject, final long most, final double enough) throws X {
        int round = 0;
        double share = 1;
        while (round < most && (round < LEAST_ROUNDS || share > enough)) {
            final long startNs = System.nanoTime();
            final long startMs = subject.compiledMs();
            subject.round(++round);
            final long compiledNs = TimeUnit.MILLISECONDS.toNanos(subject.compiledMs() - startMs);
            share = (double) compiledNs / (System.nanoTime() - startNs);
        }
        return new WarmUp(round, share);
    }

    /**
     * What this JVM's compilers took so far.
     *
     * @return the sum, ms.
     */
    public static long compiledMs() {
        return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
    }

    /**
     * How many rounds there were.
     *
     * @return the number.
     */
    public int rounds() {
        return rounds;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "warm after %d rounds (compilers took %.1f %% of the last one)",
                rounds,
                100 * share);
    }
}
