package io.stoat.bench.contender;

import io.stoat.store.EntryView;
import io.stoat.store.Status;
import io.stoat.store.StoreReader;

/** Reads records through a {@link StoreReader}, in place or as validated copies. One thread. */
public final class RecordReader {
    private final RecordBuffers buffers = new RecordBuffers();
    private final RecordBuffers copy = new RecordBuffers();
    private final EntryView view = new EntryView();
    private final StoreReader reader;
    private final boolean inPlace;

    /**
     * @param reader to read with; stays the caller's to close.
     * @param inPlace true: reads three fields through a view; false: a validated copy.
     */
    public RecordReader(final StoreReader reader, final boolean inPlace) {
        this.reader = reader;
        this.inPlace = inPlace;
    }

    /**
     * Reads the record with an index.
     *
     * @param index of the record.
     * @return as {@link Contender#get} does.
     */
    public long get(final long index) {
        buffers.encodeKey(index);
        return inPlace ? getInPlace() : getCopy();
    }

    private long getInPlace() {
        int length;
        long fold;
        do {
            length = reader.find(buffers.key(), 0, Record.KEY_LENGTH, view);
            if (length != Record.VALUE_LENGTH) {
                return missOrFail(length);
            }
            fold =
                    view.getLong(Record.STAMP_OFFSET)
                            ^ view.getLong(Record.SPREAD_OFFSET)
                            ^ view.getLong(Record.CHECK_OFFSET);
        } while (!view.isValid());
        return fold;
    }

    private long getCopy() {
        final int length =
                reader.get(
                        buffers.key(), 0, Record.KEY_LENGTH, copy.value(), 0, Record.VALUE_LENGTH);
        return length == Record.VALUE_LENGTH
                ? RecordBuffers.fold(copy.value())
                : missOrFail(length);
    }

    private static long missOrFail(final int status) {
        if (status != Status.NOT_FOUND) {
            throw new IllegalStateException("read failed: " + Status.nameOf(status));
        }
        return Record.MISS;
    }
}
