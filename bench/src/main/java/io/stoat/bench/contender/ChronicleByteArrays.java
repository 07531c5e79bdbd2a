package io.stoat.bench.contender;

import java.io.IOException;
import java.io.UncheckedIOException;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Chronicle Map with {@code byte[]} keys and values: the plain way most users choose. With sizes
 * that may vary it does what Stoat does, whose shards take keys and values of any length; with
 * constant sizes it is spared reading them.
 */
final class ChronicleByteArrays implements Contender {
    static final String COMMON_SETTINGS = "putReturnsNull, checksumEntries off, file in memory";

    private final ScratchDirectory directory = ScratchDirectory.create();
    private final byte[] keyBytes = new byte[Record.KEY_LENGTH];
    private final byte[] valueBytes = new byte[Record.VALUE_LENGTH];
    private final byte[] using = new byte[Record.VALUE_LENGTH];
    private final UnsafeBuffer key = new UnsafeBuffer(keyBytes);
    private final UnsafeBuffer value = new UnsafeBuffer(valueBytes);
    private final UnsafeBuffer found = new UnsafeBuffer(using);
    private final ChronicleMap<byte[], byte[]> map;
    private final boolean constantSizes;

    ChronicleByteArrays(final long keyCount, final boolean constantSizes) {
        this.constantSizes = constantSizes;
        final ChronicleMapBuilder<byte[], byte[]> builder =
                ChronicleMap.of(byte[].class, byte[].class).name("bench").entries(keyCount);
        if (constantSizes) {
            builder.constantKeySizeBySample(keyBytes).constantValueSizeBySample(valueBytes);
        } else {
            builder.averageKeySize(keyBytes.length).averageValueSize(valueBytes.length);
        }
        try {
            map =
                    builder.putReturnsNull(true)
                            .checksumEntries(false)
                            .createPersistedTo(directory.path().resolve("bench.map").toFile());
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot create a map in " + directory.path(), e);
        }
    }

    @Override
    public long get(final long index) {
        encodeKey(index);
        return map.getUsing(keyBytes, using) == null ? Record.MISS : RecordBuffers.fold(found);
    }

    @Override
    public void put(final long index, final long stamp) {
        encodeKey(index);
        value.putLong(Record.STAMP_OFFSET, stamp);
        value.putLong(Record.SPREAD_OFFSET, Record.spread(stamp));
        value.putLong(Record.CHECK_OFFSET, Record.check(index, stamp));
        map.put(keyBytes, valueBytes);
    }

    private void encodeKey(final long index) {
        key.putLong(0, Record.tag(index));
        key.putLong(Long.BYTES, Record.tail(index));
    }

    @Override
    public String settings() {
        return "byte[] keys and values, getUsing; "
                + (constantSizes ? "constant key and value sizes, " : "average sizes, ")
                + COMMON_SETTINGS;
    }

    @Override
    public void close() {
        map.close();
        directory.close();
    }
}
