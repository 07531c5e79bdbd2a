package io.stoat.store;

import java.nio.ByteOrder;
import java.util.concurrent.locks.LockSupport;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * The way of entries as they were from the writer, which is about to change them, to the thread
 * that copies a {@link Checkpoint}: of bounded length; one thread at each end. Made once, used by
 * one checkpoint after the other.
 *
 * <pre>
 *   key length (4)  payload length (4)  key  value with its header
 * </pre>
 */
public final class CheckpointImages {
    private static final int LEAST_CAPACITY = 4 << 20;
    private static final int RECORD_HEADER = 8;
    private static final int IMAGE = 1;
    private static final int IMAGES_PER_ROUND = 64;
    private static final int MOST_ROUNDS = 16;
    private static final long PAUSE_NS = 20_000;
    private static final long LONGEST_WAIT_NS = 2_000_000_000L;

    private final OneToOneRingBuffer ring;
    private final CheckpointEntry entry = new CheckpointEntry();
    private final long longestWaitNs;
    private long saved;
    private long waitedNs;

    /**
     * @param maxValueLength longest value of the store, bytes.
     */
    public CheckpointImages(final int maxValueLength) {
        this(maxValueLength, LEAST_CAPACITY, LONGEST_WAIT_NS);
    }

    /** As it is for a checkpoint, but for the capacity, bytes, and the writer's patience. */
    CheckpointImages(final int maxValueLength, final int leastCapacity, final long longestWaitNs) {
        this.longestWaitNs = longestWaitNs;
        final int longest =
                RECORD_HEADER
                        + StoreContext.MAX_KEY_LENGTH
                        + ValueDescriptor.HEADER_LENGTH
                        + maxValueLength
                        + 64;
        final int capacity =
                Math.max(leastCapacity, BitUtil.findNextPositivePowerOfTwo(8 * longest));
        ring =
                new OneToOneRingBuffer(
                        new UnsafeBuffer(
                                BufferUtil.allocateDirectAligned(
                                        capacity + RingBufferDescriptor.TRAILER_LENGTH,
                                        BitUtil.CACHE_LINE_LENGTH)));
    }

    /** Forgets what an earlier checkpoint left; with nobody at the other end. */
    void reset() {
        while (ring.read((type, buffer, index, length) -> {}) > 0) {
            Thread.onSpinWait();
        }
        saved = 0;
        waitedNs = 0;
    }

    /**
     * Writer's end: hands over an entry; waits for room unless nobody wants it any more. A copier
     * that makes none for long ({@value #LONGEST_WAIT_NS} ns) is given up: the checkpoint is
     * abandoned.
     */
    void save(
            final long keyAddress,
            final int keyLength,
            final long valueAddress,
            final int valueLength,
            final Checkpoint reader) {
        final int length = RECORD_HEADER + keyLength + valueLength;
        int index = ring.tryClaim(IMAGE, length);
        if (index == RingBuffer.INSUFFICIENT_CAPACITY) {
            index = awaitRoom(length, reader);
            if (index < 0) {
                return;
            }
        }
        final UnsafeBuffer buffer = (UnsafeBuffer) ring.buffer();
        buffer.putInt(index, keyLength, ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(index + 4, valueLength, ByteOrder.LITTLE_ENDIAN);
        final long to = buffer.addressOffset() + index + RECORD_HEADER;
        UnsafeApi.copyMemory(keyAddress, to, keyLength);
        UnsafeApi.copyMemory(valueAddress, to + keyLength, valueLength);
        ring.commit(index);
        saved++;
    }

    private int awaitRoom(final int length, final Checkpoint reader) {
        final long startNs = System.nanoTime();
        int index = RingBuffer.INSUFFICIENT_CAPACITY;
        while (index == RingBuffer.INSUFFICIENT_CAPACITY && !reader.isEnded()) {
            LockSupport.parkNanos(PAUSE_NS);
            index = ring.tryClaim(IMAGE, length);
            if (index < 0 && System.nanoTime() - startNs > longestWaitNs) {
                reader.abandon();
            }
        }
        waitedNs += System.nanoTime() - startNs;
        return index;
    }

    /** Copier's end: shows entries that wait; not without end when ever more come. */
    void drain(final EntryVisitor visitor) {
        for (int round = 0; round < MOST_ROUNDS && drainSome(visitor) > 0; round++) {
            Thread.onSpinWait();
        }
    }

    /** Copier's end: shows all entries that wait, once the writer hands over none that count. */
    void drainAll(final EntryVisitor visitor) {
        while (drainSome(visitor) > 0) {
            Thread.onSpinWait();
        }
    }

    /** Little at once, so that the writer gets room while the visitor waits for something. */
    private int drainSome(final EntryVisitor visitor) {
        return ring.read(
                (type, buffer, index, length) -> show(buffer.addressOffset() + index, visitor),
                IMAGES_PER_ROUND);
    }

    private void show(final long record, final EntryVisitor visitor) {
        final int keyLength = UnsafeApi.getInt(record);
        final int valueLength = UnsafeApi.getInt(record + 4);
        final long keyAddress = record + RECORD_HEADER;
        entry.show(keyAddress, keyLength, keyAddress + keyLength, valueLength, visitor);
    }

    /** Entries handed over since the reset; writer's end. */
    long saved() {
        return saved;
    }

    /** How long the writer waited for room since the reset, ns; writer's end. */
    long waitedNs() {
        return waitedNs;
    }
}
