package io.stoat.bench.contender;

import io.stoat.store.ReaderContext;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import io.stoat.store.StoreReader;

/**
 * Stoat in one JVM: the owner writes, a {@link StoreReader} attached to the same directory reads
 * the shared memory as a reader in another process would.
 */
final class StoatStore implements Contender {
    private final ScratchDirectory directory = ScratchDirectory.create();
    private final boolean inPlace;
    private final Store store;
    private final StoreReader reader;
    private final RecordReader reads;
    private final RecordWriter writes;

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
        reads = new RecordReader(reader, inPlace);
        writes = new RecordWriter(store);
    }

    @Override
    public long get(final long index) {
        return reads.get(index);
    }

    @Override
    public void put(final long index, final long stamp) {
        writes.put(index, stamp, 0);
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
