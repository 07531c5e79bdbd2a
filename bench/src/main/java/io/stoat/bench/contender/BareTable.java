package io.stoat.bench.contender;

import io.stoat.store.XxHash64;
import java.nio.ByteBuffer;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The least that a hash table does: hashes the key as Stoat does, looks into a table of slots that
 * is at most half full, compares the key of an entry of the same size, reads three fields or copies
 * the value. No shard, no sequence, no variable sizes, no check of what it finds, no recovery: what
 * the cache lines of a look-up cost on the host, and what every promise is paid on top of.
 */
final class BareTable implements Contender {
    private static final int ENTRY_LENGTH = 176;
    private static final int VALUE_OFFSET = 40;

    private final RecordBuffers buffers = new RecordBuffers();
    private final ByteBuffer slotMemory;
    private final ByteBuffer entryMemory;
    private final UnsafeBuffer slots;
    private final UnsafeBuffer entries;
    private final int slotMask;
    private int count;

    /**
     * @param keyCount records to make room for.
     */
    BareTable(final long keyCount) {
        final int capacity = Integer.highestOneBit(Math.toIntExact(keyCount) * 4);
        slotMask = capacity - 1;
        slotMemory = ByteBuffer.allocateDirect(capacity * Integer.BYTES);
        entryMemory = ByteBuffer.allocateDirect(((int) keyCount + 1) * ENTRY_LENGTH);
        slots = new UnsafeBuffer(slotMemory);
        entries = new UnsafeBuffer(entryMemory);
    }

    @Override
    public long get(final long index) {
        buffers.encodeKey(index);
        final int entry = find();
        if (entry < 0) {
            return Record.MISS;
        }
        final int value = entry + VALUE_OFFSET;
        return entries.getLong(value + Record.STAMP_OFFSET)
                ^ entries.getLong(value + Record.SPREAD_OFFSET)
                ^ entries.getLong(value + Record.CHECK_OFFSET);
    }

    @Override
    public void put(final long index, final long stamp) {
        buffers.encodeKey(index);
        buffers.encodeValue(index, stamp);
        final DirectBuffer key = buffers.key();
        int entry = find();
        if (entry < 0) {
            final int place = ~entry;
            entry = count++ * ENTRY_LENGTH;
            entries.putLong(entry, key.getLong(0));
            entries.putLong(entry + Long.BYTES, key.getLong(Long.BYTES));
            slots.putInt(place, count);
        }
        final DirectBuffer value = buffers.value();
        for (int at = 0; at < Record.VALUE_LENGTH; at += Long.BYTES) {
            entries.putLong(entry + VALUE_OFFSET + at, value.getLong(at));
        }
    }

    /** The entry of the key, or the complement of the place of its slot. */
    private int find() {
        final DirectBuffer key = buffers.key();
        final long first = key.getLong(0);
        final long second = key.getLong(Long.BYTES);
        int slot = (int) XxHash64.hash(key, 0, Record.KEY_LENGTH) & slotMask;
        while (true) {
            final int number = slots.getInt(slot * Integer.BYTES);
            if (number == 0) {
                return ~(slot * Integer.BYTES);
            }
            final int entry = (number - 1) * ENTRY_LENGTH;
            if (entries.getLong(entry) == first && entries.getLong(entry + Long.BYTES) == second) {
                return entry;
            }
            slot = slot + 1 & slotMask;
        }
    }

    @Override
    public String settings() {
        return "open addressing in this process's memory, nothing checked, nothing recoverable";
    }

    @Override
    public void close() {
        BufferUtil.free(slotMemory);
        BufferUtil.free(entryMemory);
    }
}
