package io.stoat.store;

import org.agrona.BufferUtil;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Computes the new value of a counter: a 64-bit little-endian number. Owner's thread; allocates
 * nothing once it is made.
 */
final class CounterSum {
    private final UnsafeBuffer payload =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(Long.BYTES, Long.BYTES));

    /**
     * Adds.
     *
     * @param valueAddress of the counter's header, or 0: then it counts from zero.
     * @param valueLength of header and payload.
     * @return {@link Status#OK}, {@link Status#NOT_A_COUNTER} or {@link Status#OVERFLOW}.
     */
    int add(final long valueAddress, final int valueLength, final long delta) {
        long old = 0;
        if (valueAddress != 0) {
            if (valueLength != ValueDescriptor.HEADER_LENGTH + Long.BYTES) {
                return Status.NOT_A_COUNTER;
            }
            old = UnsafeApi.getLong(ValueDescriptor.payload(valueAddress));
        }
        final long sum = old + delta;
        if (((old ^ sum) & (delta ^ sum)) < 0) {
            return Status.OVERFLOW;
        }
        payload.putLong(0, sum);
        return Status.OK;
    }

    /** The sum of the last {@link #add} that was {@link Status#OK}. */
    long get() {
        return payload.getLong(0);
    }

    /** Where the payload of the new value lies. */
    long address() {
        return payload.addressOffset();
    }
}
