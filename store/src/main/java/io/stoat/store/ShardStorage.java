package io.stoat.store;

import static io.stoat.store.ControlDescriptor.*;

import java.nio.file.Path;
import net.openhft.chronicle.map.ChronicleMap;
import org.agrona.UnsafeApi;

/**
 * What a shard's owner changes: the Chronicle Map, the owner's own mapping of it, and the counts in
 * the control file. Knows nothing of commands; whoever calls it has armed the redo slot and made
 * the segment's sequence odd. Owner's thread.
 */
final class ShardStorage implements AutoCloseable {
    static final int ABSENT = -1;

    private final Path mapFile;
    private final ControlFile control;
    private final MapLayout layout;
    private final ChronicleMap<NativeBytes, NativeBytes> map;
    private final NativeBytes key = new NativeBytes();
    private final NativeBytes value = new NativeBytes();
    private MappedFile mapped;
    private EntryFinder finder;
    private long entryCount;
    private long valueBytes;
    private long entryBytes;

    ShardStorage(
            final Path mapFile,
            final ControlFile control,
            final ChronicleMap<NativeBytes, NativeBytes> map) {
        this.mapFile = mapFile;
        this.control = control;
        this.map = map;
        layout = control.layout();
        entryCount = control.get(ENTRY_COUNT_OFFSET);
        valueBytes = control.get(VALUE_BYTES_OFFSET);
        entryBytes = control.get(ENTRY_BYTES_OFFSET);
        mapFileTo(control.mappedLength());
    }

    private void mapFileTo(final long length) {
        final MappedFile previous = mapped;
        mapped = MappedFile.map(mapFile, true, length);
        finder = new EntryFinder(layout, mapped.address(), length);
        if (previous != null) {
            previous.close();
        }
    }

    /** Chronicle Map grows its file by extra tiers; the owner's mapping and the readers' follow. */
    void followGrowth() {
        final long storeSize = UnsafeApi.getLong(mapped.address() + layout.storeSizeOffset());
        if (storeSize != mapped.length()) {
            mapFileTo(storeSize);
            control.put(MAPPED_LENGTH_OFFSET, storeSize);
        }
    }

    /** The look-up on the present mapping: another one after the file has grown. */
    EntryFinder finder() {
        return finder;
    }

    ControlFile control() {
        return control;
    }

    int segments() {
        return (int) layout.segments();
    }

    long entryCount() {
        return entryCount;
    }

    /** What all entries take by their lengths. */
    long entryBytes() {
        return entryBytes;
    }

    /** Where the sequence of a hash's segment lies. */
    long sequenceAddress(final long hash) {
        return control.sequenceAddress(finder.segmentOf(hash));
    }

    /**
     * Puts an entry by Chronicle Map's own operation; key and value lie outside the heap.
     *
     * @param oldLength of the entry so far, with its header, or {@link #ABSENT}.
     * @return {@link Status#OK}, or {@link Status#STORE_FULL} when there is no room: the entry is
     *     as before then.
     */
    int put(
            final long keyAddress,
            final int keyLength,
            final long hash,
            final long valueAddress,
            final int length,
            final int oldLength) {
        key.wrap(keyAddress, keyLength);
        value.wrap(valueAddress, length);
        try {
            map.put(key, value);
            followGrowth();
        } catch (final RuntimeException ex) {
            if (!RefusedPut.isRefusal(ex)) {
                throw ex;
            }
            followGrowth();
            RefusedPut.undo(ex, mapFile, layout, mapped, finder, keyAddress, keyLength, hash);
            return Status.STORE_FULL;
        }
        final long bytes = ShardSizing.entryLength(keyLength, length);
        if (oldLength == ABSENT) {
            count(finder.segmentOf(hash), 1, length - ValueDescriptor.HEADER_LENGTH, bytes);
        } else {
            count(
                    finder.segmentOf(hash),
                    0,
                    length - oldLength,
                    bytes - ShardSizing.entryLength(keyLength, oldLength));
        }
        return Status.OK;
    }

    /**
     * Removes an entry that is there.
     *
     * @param oldLength of the entry, with its header.
     */
    void remove(final long keyAddress, final int keyLength, final long hash, final int oldLength) {
        key.wrap(keyAddress, keyLength);
        map.remove(key);
        count(
                finder.segmentOf(hash),
                -1,
                ValueDescriptor.HEADER_LENGTH - oldLength,
                -ShardSizing.entryLength(keyLength, oldLength));
    }

    /** Removes every entry, with all readers held off. */
    void clear() {
        // a recovery from here on must miss nothing
        forgetCounts();
        publishCounts();
        control.holdReaders();
        try {
            map.clear();
            followGrowth();
        } finally {
            control.releaseReaders();
        }
    }

    /**
     * Counts all entries anew, after a recovery.
     *
     * @return the highest version among them, 0 when there are none.
     */
    long count() {
        final long[] entriesOf = new long[segments()];
        final long[] bytesOf = new long[segments()];
        final long[] sums = new long[2];
        EntryWalk.run(
                finder,
                segments(),
                (entry, segment) -> {
                    entriesOf[segment]++;
                    bytesOf[segment] +=
                            ShardSizing.entryLength(entry.keyLength(), entry.valueLength());
                    sums[0] += entry.valueLength() - ValueDescriptor.HEADER_LENGTH;
                    sums[1] = Math.max(sums[1], ValueDescriptor.version(entry.valueAddress()));
                });
        forgetCounts();
        for (int segment = 0; segment < segments(); segment++) {
            final long line = control.sequenceAddress(segment);
            UnsafeApi.putLong(line + SEGMENT_ENTRIES_OFFSET, entriesOf[segment]);
            UnsafeApi.putLong(line + SEGMENT_BYTES_OFFSET, bytesOf[segment]);
            entryCount += entriesOf[segment];
            entryBytes += bytesOf[segment];
        }
        valueBytes = sums[0];
        publishCounts();
        return sums[1];
    }

    private void forgetCounts() {
        entryCount = 0;
        valueBytes = 0;
        entryBytes = 0;
        for (int segment = 0; segment < segments(); segment++) {
            final long line = control.sequenceAddress(segment);
            UnsafeApi.putLong(line + SEGMENT_ENTRIES_OFFSET, 0);
            UnsafeApi.putLong(line + SEGMENT_BYTES_OFFSET, 0);
        }
    }

    private void count(final int segment, final int entries, final long values, final long bytes) {
        final long line = control.sequenceAddress(segment);
        UnsafeApi.putLong(
                line + SEGMENT_ENTRIES_OFFSET,
                UnsafeApi.getLong(line + SEGMENT_ENTRIES_OFFSET) + entries);
        UnsafeApi.putLong(
                line + SEGMENT_BYTES_OFFSET,
                UnsafeApi.getLong(line + SEGMENT_BYTES_OFFSET) + bytes);
        entryCount += entries;
        valueBytes += values;
        entryBytes += bytes;
        publishCounts();
    }

    private void publishCounts() {
        control.put(ENTRY_COUNT_OFFSET, entryCount);
        control.put(VALUE_BYTES_OFFSET, valueBytes);
        control.put(ENTRY_BYTES_OFFSET, entryBytes);
    }

    /** Sum over the live entries of what vouches for key, version, expiry and payload. */
    long contentChecksum(final long timeMs) {
        final long[] sum = {0};
        EntryWalk.run(
                finder,
                segments(),
                (entry, segment) -> {
                    final long expiresAtMs = ValueDescriptor.expiresAtMs(entry.valueAddress());
                    if (!ValueDescriptor.isExpired(expiresAtMs, timeMs)) {
                        sum[0] += checksum(entry);
                    }
                });
        return sum[0];
    }

    private static long checksum(final EntryFinder entry) {
        return ValueDescriptor.checksum(
                XxHash64.hash(null, entry.keyAddress(), entry.keyLength(), 0L),
                ValueDescriptor.version(entry.valueAddress()),
                ValueDescriptor.expiresAtMs(entry.valueAddress()),
                null,
                ValueDescriptor.payload(entry.valueAddress()),
                entry.valueLength() - ValueDescriptor.HEADER_LENGTH);
    }

    @Override
    public void close() {
        map.close();
        control.put(HEARTBEAT_OFFSET, 0);
        control.put(STATE_OFFSET, STATE_CLOSED);
        mapped.close();
        control.close();
    }

    /**
     * Unmaps files that are retired, or were never used; any thread, after the owner's last use.
     */
    void discard() {
        map.close();
        mapped.close();
        control.close();
    }
}
