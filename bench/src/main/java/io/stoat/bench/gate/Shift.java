package io.stoat.bench.gate;

/**
 * How far one sample lies from another, in logarithms of ratios, by a test that needs no assumption
 * about the shape of the noise. Its bounds are the shifts that the test does not rule out.
 */
interface Shift {
    /** Beyond this every change is a mishap: a factor of 148. */
    double FURTHEST = 5;

    /** Probability of so clear a rise, or more, if the true shift were this one. */
    double pGreater(double shift);

    /** The same of a fall. */
    double pLess(double shift);

    /** Median of the shifts that were seen. */
    double estimate();

    /** The least shift that is not ruled out at a level; -{@link #FURTHEST} if none is. */
    default double lower(final double level) {
        return bound(level, -FURTHEST, estimate(), true);
    }

    /** The greatest shift that is not ruled out at a level; {@link #FURTHEST} if none is. */
    default double upper(final double level) {
        return bound(level, FURTHEST, estimate(), false);
    }

    private double bound(
            final double level, final double far, final double near, final boolean isLower) {
        double out = far;
        double in = near;
        if ((isLower ? pGreater(out) : pLess(out)) >= level) {
            return far;
        }
        for (int i = 0; i < 40; i++) {
            final double middle = (out + in) / 2;
            if ((isLower ? pGreater(middle) : pLess(middle)) < level) {
                out = middle;
            } else {
                in = middle;
            }
        }
        return out;
    }
}
