package io.stoat.bench.target;

import io.stoat.bench.workload.Operation;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.agrona.concurrent.UnsafeBuffer;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** RocksDB in the load's process, its files in memory, without a log, as the others have none. */
final class RocksTarget implements Target {
    private static final long CACHE_BYTES = 256L << 20;
    private static final long MEMTABLE_BYTES = 128L << 20;
    private static final double BLOOM_BITS = 10;

    @Override
    public String name() {
        return "rocksdb";
    }

    @Override
    public String absence() {
        try {
            RocksDB.loadLibrary();
            return null;
        } catch (final LinkageError | RuntimeException ex) {
            return "its native library does not load: " + ex.getMessage();
        }
    }

    @Override
    public String version() {
        return RocksDB.rocksdbVersion().toString();
    }

    @Override
    public String settings() {
        return "direct buffers, no write-ahead log, 128 MB memtable, 256 MB block cache, Bloom filter of 10 bits, no compression, checksums of blocks not verified, files in memory; no expiry";
    }

    @Override
    public Connector open(final RunContext context) {
        RocksDB.loadLibrary();
        final Options options =
                new Options()
                        .setCreateIfMissing(true)
                        .setWriteBufferSize(MEMTABLE_BYTES)
                        .setCompressionType(org.rocksdb.CompressionType.NO_COMPRESSION)
                        .setTableFormatConfig(
                                new BlockBasedTableConfig()
                                        .setBlockCache(new LRUCache(CACHE_BYTES))
                                        .setFilterPolicy(new BloomFilter(BLOOM_BITS)));
        final RocksDB db;
        try {
            db = RocksDB.open(options, context.directory().resolve("rocks").toString());
        } catch (final RocksDBException ex) {
            throw new IllegalStateException("RocksDB does not open: " + ex.getMessage(), ex);
        }
        return new Connector() {
            @Override
            public Function<InFlight, Session> connect(final int client) {
                return BlockingSession.of(new Rows(db, context));
            }

            @Override
            public void close() {
                db.close();
                options.close();
            }
        };
    }

    private static final class Rows implements BlockingStore {
        private final RocksDB db;
        private final ReadOptions reading = new ReadOptions().setVerifyChecksums(false);
        private final WriteOptions writing = new WriteOptions().setDisableWAL(true);
        private final ByteBuffer found;
        private final UnsafeBuffer foundBuffer;

        Rows(final RocksDB db, final RunContext context) {
            this.db = db;
            found = ByteBuffer.allocateDirect(context.workload().valueLength());
            foundBuffer = new UnsafeBuffer(found);
        }

        @Override
        public int get(final Operation operation) {
            try {
                final ByteBuffer key = operation.key().byteBuffer();
                key.clear();
                found.clear();
                final int length = db.get(reading, key, found);
                if (length == RocksDB.NOT_FOUND) {
                    return Outcome.MISS;
                }
                return operation.isAnsweredBy(foundBuffer, 0, length) ? Outcome.OK : Outcome.WRONG;
            } catch (final RocksDBException ex) {
                return Outcome.FAILED;
            }
        }

        @Override
        public int put(final Operation operation) {
            try {
                final ByteBuffer key = operation.key().byteBuffer();
                final ByteBuffer value = operation.value().byteBuffer();
                key.clear();
                value.clear();
                db.put(writing, key, value);
                return Outcome.OK;
            } catch (final RocksDBException ex) {
                return Outcome.FAILED;
            }
        }

        @Override
        public void close() {
            reading.close();
            writing.close();
        }
    }
}
