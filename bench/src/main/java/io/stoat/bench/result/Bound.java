package io.stoat.bench.result;

import java.util.Locale;

/**
 * What a figure or a ratio may not pass.
 *
 * @param kind which side of the limit is accepted.
 * @param limit of it; 0 when there is none.
 */
public record Bound(Kind kind, double limit) {
    /** No limit at all. */
    public static final Bound NONE = new Bound(Kind.NONE, 0);

    /** Which side of a limit is accepted. */
    public enum Kind {
        /** Both: nothing is judged. */
        NONE,
        /** The limit and what is less. */
        AT_MOST,
        /** The limit and what is more. */
        AT_LEAST;

        private String words() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** What comes of a value and a bound. */
    public enum Verdict {
        /** The value keeps the bound. */
        MET,
        /** It does not, or is not a number. */
        MISSED,
        /** There is none. */
        NO_BOUND;

        /**
         * @return the verdict as results give it.
         */
        public String words() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * @param limit most that is accepted.
     * @return the bound.
     */
    public static Bound atMost(final double limit) {
        return new Bound(Kind.AT_MOST, limit);
    }

    /**
     * @param limit least that is accepted.
     * @return the bound.
     */
    public static Bound atLeast(final double limit) {
        return new Bound(Kind.AT_LEAST, limit);
    }

    /**
     * @param value to judge.
     * @return whether it keeps this bound.
     */
    public Verdict verdict(final double value) {
        if (kind == Kind.NONE) {
            return Verdict.NO_BOUND;
        }
        // a value that is not a number keeps no bound
        final boolean isKept = kind == Kind.AT_MOST ? value <= limit : value >= limit;
        return isKept ? Verdict.MET : Verdict.MISSED;
    }

    /**
     * @param value to judge.
     * @return bound and verdict for people; empty when there is none.
     */
    public String text(final double value) {
        if (kind == Kind.NONE) {
            return "";
        }
        return kind.words()
                + " "
                + (limit == Math.rint(limit)
                        ? String.format(Locale.ROOT, "%,.0f", limit)
                        : String.valueOf(limit))
                + (verdict(value) == Verdict.MET ? ": met" : ": MISSED");
    }

    /** The limit for JSON, or null. */
    Double limitOrNull() {
        return kind == Kind.NONE ? null : limit;
    }

    /** The kind for JSON, or null. */
    String kindOrNull() {
        return kind == Kind.NONE ? null : kind.words();
    }

    /** The bound that JSON gives. */
    static Bound of(final Object limit, final Object kind) {
        return limit == null
                ? NONE
                : new Bound(
                        Kind.valueOf(((String) kind).toUpperCase(Locale.ROOT).replace(' ', '_')),
                        ((Number) limit).doubleValue());
    }
}
