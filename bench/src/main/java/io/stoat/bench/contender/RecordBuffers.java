package io.stoat.bench.contender;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** One key and one value in direct memory, reused for every call of one contender. */
public final class RecordBuffers {
    private final UnsafeBuffer key = new UnsafeBuffer(ByteBuffer.allocateDirect(Record.KEY_LENGTH));
    private final UnsafeBuffer value =
            new UnsafeBuffer(ByteBuffer.allocateDirect(Record.VALUE_LENGTH));

    /** Buffers of zeros. */
    public RecordBuffers() {}

    /**
     * @return the key, {@link Record#KEY_LENGTH} bytes.
     */
    public UnsafeBuffer key() {
        return key;
    }

    /**
     * @return the value, {@link Record#VALUE_LENGTH} bytes.
     */
    public UnsafeBuffer value() {
        return value;
    }

    /**
     * @param index whose key is written into {@link #key()}.
     */
    public void encodeKey(final long index) {
        key.putLong(0, Record.tag(index));
        key.putLong(Long.BYTES, Record.tail(index));
    }

    void encodeValue(final long index, final long stamp) {
        value.putLong(Record.STAMP_OFFSET, stamp);
        value.putLong(Record.SPREAD_OFFSET, Record.spread(stamp));
        value.putLong(Record.CHECK_OFFSET, Record.check(index, stamp));
    }

    static long fold(final DirectBuffer value) {
        return value.getLong(Record.STAMP_OFFSET)
                ^ value.getLong(Record.SPREAD_OFFSET)
                ^ value.getLong(Record.CHECK_OFFSET);
    }
}
