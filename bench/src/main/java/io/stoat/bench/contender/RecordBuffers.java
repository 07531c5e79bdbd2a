package io.stoat.bench.contender;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** One key and one value in direct memory, reused for every call of one contender. */
final class RecordBuffers {
    private final UnsafeBuffer key = new UnsafeBuffer(ByteBuffer.allocateDirect(Record.KEY_LENGTH));
    private final UnsafeBuffer value =
            new UnsafeBuffer(ByteBuffer.allocateDirect(Record.VALUE_LENGTH));

    UnsafeBuffer key() {
        return key;
    }

    UnsafeBuffer value() {
        return value;
    }

    void encodeKey(final long index) {
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
