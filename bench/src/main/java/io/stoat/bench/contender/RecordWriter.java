package io.stoat.bench.contender;

import io.stoat.store.Status;
import io.stoat.store.Store;

/** Writes records into an embedded {@link Store}. The owner's thread. */
public final class RecordWriter {
    private final RecordBuffers buffers = new RecordBuffers();
    private final Store store;

    /**
     * @param store to write to; stays the caller's to close.
     */
    public RecordWriter(final Store store) {
        this.store = store;
    }

    /**
     * Writes the record with an index.
     *
     * @param index of the record.
     * @param stamp first field of its value.
     * @param expiresAtMs ms since the epoch, or 0 for never.
     * @throws IllegalStateException when the store refuses it.
     */
    public void put(final long index, final long stamp, final long expiresAtMs) {
        buffers.encodeKey(index);
        buffers.encodeValue(index, stamp);
        require(
                store.put(
                        buffers.key(),
                        0,
                        Record.KEY_LENGTH,
                        buffers.value(),
                        0,
                        Record.VALUE_LENGTH,
                        expiresAtMs));
    }

    /**
     * Removes the record with an index, which must be there.
     *
     * @param index of the record.
     */
    public void remove(final long index) {
        buffers.encodeKey(index);
        require(store.remove(buffers.key(), 0, Record.KEY_LENGTH));
    }

    private static void require(final int status) {
        if (status != Status.OK) {
            throw new IllegalStateException("command refused: " + Status.nameOf(status));
        }
    }
}
