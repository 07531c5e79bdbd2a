package io.stoat.bench.contender;

import java.io.IOException;
import java.io.UncheckedIOException;
import net.openhft.chronicle.map.ChronicleMap;

/**
 * Chronicle Map at its best: keys and values in native memory that is reused, through marshallers
 * written for these fixed lengths, so that a call allocates as little as the map's own code allows.
 */
final class ChronicleBlocks implements Contender {
    private final ScratchDirectory directory = ScratchDirectory.create();
    private final Block key = new Block(Record.KEY_LENGTH);
    private final Block value = new Block(Record.VALUE_LENGTH);
    private final Block using = new Block(Record.VALUE_LENGTH);
    private final ChronicleMap<Block, Block> map;

    ChronicleBlocks(final long keyCount) {
        try {
            map =
                    ChronicleMap.of(Block.class, Block.class)
                            .name("bench")
                            .entries(keyCount)
                            .keyReaderAndDataAccess(new BlockReader(), new BlockAccess())
                            .valueReaderAndDataAccess(new BlockReader(), new BlockAccess())
                            .constantKeySizeBySample(key)
                            .constantValueSizeBySample(value)
                            .putReturnsNull(true)
                            .checksumEntries(false)
                            .createPersistedTo(directory.path().resolve("bench.map").toFile());
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot create a map in " + directory.path(), e);
        }
    }

    @Override
    public long get(final long index) {
        encodeKey(index);
        if (map.getUsing(key, using) == null) {
            return Record.MISS;
        }
        return using.getLong(Record.STAMP_OFFSET)
                ^ using.getLong(Record.SPREAD_OFFSET)
                ^ using.getLong(Record.CHECK_OFFSET);
    }

    @Override
    public void put(final long index, final long stamp) {
        encodeKey(index);
        value.putLong(Record.STAMP_OFFSET, stamp);
        value.putLong(Record.SPREAD_OFFSET, Record.spread(stamp));
        value.putLong(Record.CHECK_OFFSET, Record.check(index, stamp));
        map.put(key, value);
    }

    private void encodeKey(final long index) {
        key.putLong(0, Record.tag(index));
        key.putLong(Long.BYTES, Record.tail(index));
    }

    @Override
    public String settings() {
        return "native keys and values with own marshallers, getUsing; "
                + "constant key and value sizes, "
                + ChronicleByteArrays.COMMON_SETTINGS;
    }

    @Override
    public void close() {
        map.close();
        directory.close();
    }
}
