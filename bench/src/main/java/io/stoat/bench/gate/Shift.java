package io.stoat.bench.gate;

/**
 * How far one sample lies from another, in logarithms of ratios, by a test that needs no assumption
 * about the shape of the noise.
 */
interface Shift {
    /** Beyond this every change is a mishap: a factor of 148. */
    double FURTHEST = 5;

    /** To a shift of less than a millionth. */
    int BISECTIONS = 24;

    /** Probability of so clear a rise, or more, if the true shift were this one. */
    double pGreater(double shift);

    /** The same of a fall. */
    double pLess(double shift);

    /** Median of the shifts that were seen. */
    double estimate();

    /** The least shift that is not ruled out at a level; -{@link #FURTHEST} if none is. */
    default double lower(final double level) {
        double out = -FURTHEST;
        double in = estimate();
        if (pGreater(out) >= level) {
            return out;
        }
        for (int i = 0; i < BISECTIONS; i++) {
            final double middle = (out + in) / 2;
            if (pGreater(middle) < level) {
                out = middle;
            } else {
                in = middle;
            }
        }
        return out;
    }
}
