package io.stoat.bench.contender;

import io.stoat.store.EntryView;
import io.stoat.store.ReaderContext;
import io.stoat.store.Status;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import io.stoat.store.StoreReader;

/**
 * Stoat in one JVM: the owner writes, a {@link StoreReader} attached to the same directory reads
 * the shared memory as a reader in another process would.
 */
final class StoatStore implements Contender {
    private final RecordBuffers buffers = new RecordBuffers();
    private final RecordBuffers copy = new RecordBuffers();
    private final EntryView view = new EntryView();
    private final ScratchDirectory directory = ScratchDirectory.create();
    private final boolean inPlace;
    private final Store store;
    private final StoreReader reader;

    /**
     * @param keyCount records to make room for.
     * @param inPlace true: reads fields in place through a view; false: reads a validated copy.
     * @param verifyChecksums whether each copy is checked against the entry's checksum too.
     */
    StoatStore(final long keyCount, final boolean inPlace, final boolean verifyChecksums) {
        this.inPlace = inPlace;
        store =
                Store.open(
                        new StoreContext()
                                .dataDir(directory.path())
                                .entries(keyCount)
                                .averageKeyLength(Record.KEY_LENGTH)
                                .maxValueLength(Record.VALUE_LENGTH));
        reader =
                StoreReader.attach(
                        new ReaderContext()
                                .dataDir(directory.path())
                                .verifyChecksums(verifyChecksums));
    }

    @Override
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

    @Override
    public void put(final long index, final long stamp) {
        buffers.encodeKey(index);
        buffers.encodeValue(index, stamp);
        final int status =
                store.put(
                        buffers.key(),
                        0,
                        Record.KEY_LENGTH,
                        buffers.value(),
                        0,
                        Record.VALUE_LENGTH,
                        0);
        if (status != Status.OK) {
            throw new IllegalStateException("put failed: " + Status.nameOf(status));
        }
    }

    @Override
    public String settings() {
        return (inPlace ? "StoreReader.find + three fields + isValid" : "StoreReader.get")
                + ", Store.put; shards="
                + store.context().shardCount();
    }

    @Override
    public void close() {
        reader.close();
        store.close();
        directory.close();
    }
}
