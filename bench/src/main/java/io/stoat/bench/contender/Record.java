package io.stoat.bench.contender;

/**
 * The key and value that all contenders store; a value proves by itself that it was read whole and
 * under the right key.
 *
 * <pre>
 *   key    0        8        16
 *          | tag    | ~index |
 *   value  0        8 ... 64        72 ... 120             128
 *          | stamp  |     | spread  |      | stamp ^ spread ^ tag |
 * </pre>
 *
 * The exclusive or of the three fields of a value is the tag of its index. Longs are in the
 * machine's byte order.
 */
public final class Record {
    /** Length of a key, bytes. */
    public static final int KEY_LENGTH = 16;

    /** Length of a value, bytes. */
    public static final int VALUE_LENGTH = 128;

    /** Offset of the first field in a value, bytes. */
    public static final int STAMP_OFFSET = 0;

    /** Offset of the second field in a value, bytes. */
    public static final int SPREAD_OFFSET = 64;

    /** Offset of the third field in a value, bytes. */
    public static final int CHECK_OFFSET = 120;

    /** What a read returns when there is no record; never a tag. */
    public static final long MISS = 0L;

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Record() {}

    /**
     * First half of an index's key, and the proof that a value belongs to it.
     *
     * @param index of the record, 0 or more.
     * @return a number that differs for each index and is never {@link #MISS}.
     */
    public static long tag(final long index) {
        return (index + 1) * GOLDEN;
    }

    /**
     * @param index of the record.
     * @return second half of its key.
     */
    public static long tail(final long index) {
        return ~index;
    }

    /**
     * @param stamp first field of a value.
     * @return second field of the same value.
     */
    public static long spread(final long stamp) {
        return Long.rotateLeft(stamp, 23) + GOLDEN;
    }

    /**
     * @param index of the record.
     * @param stamp first field of its value.
     * @return third field of the same value.
     */
    public static long check(final long index, final long stamp) {
        return stamp ^ spread(stamp) ^ tag(index);
    }
}
