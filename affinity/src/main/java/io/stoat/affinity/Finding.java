package io.stoat.affinity;

/**
 * What {@link HostCheck} found out about one property of the host.
 *
 * @param name of the property.
 * @param level how it is to be taken.
 * @param observed value.
 * @param cost what it costs, empty when nothing.
 * @param mend command or kernel parameter that mends it, empty when there is nothing to mend.
 */
public record Finding(String name, Level level, String observed, String cost, String mend) {
    static Finding ok(final String name, final String observed) {
        return new Finding(name, Level.OK, observed, "", "");
    }

    static Finding warn(
            final String name, final String observed, final String cost, final String mend) {
        return new Finding(name, Level.WARN, observed, cost, mend);
    }

    static Finding fail(
            final String name, final String observed, final String cost, final String mend) {
        return new Finding(name, Level.FAIL, observed, cost, mend);
    }

    static Finding unknown(final String name, final String source) {
        return new Finding(name, Level.UNKNOWN, "not told by " + source, "", "");
    }

    @Override
    public String toString() {
        return level
                + " "
                + name
                + ": "
                + observed
                + (cost.isEmpty() ? "" : ": " + cost)
                + (mend.isEmpty() ? "" : "; mend: " + mend);
    }
}
