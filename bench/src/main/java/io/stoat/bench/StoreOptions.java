package io.stoat.bench;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of everything that fills a store of its own and measures it for a while. */
public final class StoreOptions {
    @Option(
            names = "--entries",
            paramLabel = "N",
            description = "Entries of each store; the default is named above.")
    private Long entries;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Seconds of each measurement; the default is named above.")
    private Double seconds;

    /** Made by picocli. */
    public StoreOptions() {}

    /**
     * @param spec of the command that asks.
     * @param otherwise when nobody asked for a number.
     * @return entries of a store, 1 or more.
     */
    public long entries(final CommandSpec spec, final long otherwise) {
        if (entries != null && entries < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--entries=" + entries + " must be 1 or more");
        }
        return entries == null ? otherwise : entries;
    }

    /**
     * @param spec of the command that asks.
     * @param otherwise when nobody asked for a time.
     * @return length of a measurement, s, more than 0.
     */
    public double seconds(final CommandSpec spec, final double otherwise) {
        if (seconds != null && !(seconds > 0)) {
            throw new ParameterException(
                    spec.commandLine(), "--seconds=" + seconds + " must be more than 0");
        }
        return seconds == null ? otherwise : seconds;
    }
}
