package io.stoat.bench.contender;

/**
 * A store under measurement: one way into Stoat, or a peer, with the settings that its own authors
 * recommend for this use. Every contender does the same work with the same {@link Record}s: it
 * encodes the key anew for each call, and a read delivers three fields that lie on three cache
 * lines of the value.
 *
 * <p>One thread per instance.
 */
public interface Contender extends AutoCloseable {
    /**
     * Reads the record with an index.
     *
     * @param index of the record.
     * @return {@link Record#tag(long)} of the index when the value that was read is whole, {@link
     *     Record#MISS} when there is none.
     */
    long get(long index);

    /**
     * Writes the record with an index, replacing any earlier one of the same length.
     *
     * @param index of the record.
     * @param stamp arbitrary payload that makes this write differ from the last one.
     */
    void put(long index, long stamp);

    /**
     * @return settings that matter for the figures, for the report.
     */
    String settings();

    @Override
    void close();
}
