package io.stoat.bench.gate;

/**
 * By what the gate judges.
 *
 * @param level probability of a false alarm of the whole gate, shared by all its comparisons and
 *     looks at them (Bonferroni).
 * @param leastChange that counts at all, such as 0.03 for 3 %.
 * @param resolution a slow-down that must be seen, such as 0.1 for 10 %: where noise does not let
 *     it be ruled out, nothing is said.
 * @param looks how often figures are judged at most, as forks are added.
 */
public record Criteria(double level, double leastChange, double resolution, int looks) {
    /** Probability of calling a slow-down of the size of the resolution no change. */
    static final double MISS_LEVEL = 0.05;

    /** Refuses what cannot judge. */
    public Criteria {
        if (!(level > 0 && level < 0.5)
                || !(leastChange >= 0)
                || !(resolution > leastChange)
                || looks < 1) {
            throw new IllegalArgumentException(
                    "level="
                            + level
                            + ", least="
                            + leastChange
                            + ", resolution="
                            + resolution
                            + ": use a level between 0 and 0.5, and a resolution above the least change");
        }
    }

    /** Level of each of so many comparisons. */
    double levelOfEach(final int comparisons) {
        return level / comparisons / looks;
    }
}
