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
        if (oldLength == ABSENT) {
            entryCount++;
            valueBytes += length - ValueDescriptor.HEADER_LENGTH;
        } else {
            valueBytes += length - oldLength;
        }
        publishCounts();
        return Status.OK;
    }

    /**
     * Removes an entry that is there.
     *
     * @param oldLength of the entry, with its header.
     */
    void remove(final long keyAddress, final int keyLength, final int oldLength) {
        key.wrap(keyAddress, keyLength);
        map.remove(key);
        entryCount--;
        valueBytes -= oldLength - ValueDescriptor.HEADER_LENGTH;
        publishCounts();
    }

    /** Removes every entry, with all readers held off. */
    void clear() {
        // a recovery from here on must miss nothing
        entryCount = 0;
        valueBytes = 0;
        publishCounts();
        control.holdReaders();
        try {
            map.clear();
            followGrowth();
        } finally {
            control.releaseReaders();
        }
    }

    private void publishCounts() {
        control.put(ENTRY_COUNT_OFFSET, entryCount);
        control.put(VALUE_BYTES_OFFSET, valueBytes);
    }

    /** Sum over the live entries of what vouches for key, version, expiry and payload. */
    long contentChecksum(final long timeMs) {
        long sum = 0;
        for (int segment = 0; segment < segments(); segment++) {
            long tier = finder.firstTier(segment);
            for (; tier > 0; tier = finder.nextTier(segment, tier)) {
                for (long slot = 0; slot < finder.slotCapacity(); slot++) {
                    if (finder.entryAt(tier, slot) == EntryFinder.FOUND
                            && !ValueDescriptor.isExpired(
                                    ValueDescriptor.expiresAtMs(finder.valueAddress()), timeMs)) {
                        sum += checksumOfFound();
                    }
                }
            }
        }
        return sum;
    }

    private long checksumOfFound() {
        return ValueDescriptor.checksum(
                XxHash64.hash(null, finder.keyAddress(), finder.keyLength(), 0L),
                ValueDescriptor.version(finder.valueAddress()),
                ValueDescriptor.expiresAtMs(finder.valueAddress()),
                null,
                ValueDescriptor.payload(finder.valueAddress()),
                finder.valueLength() - ValueDescriptor.HEADER_LENGTH);
    }

    @Override
    public void close() {
        map.close();
        control.put(HEARTBEAT_OFFSET, 0);
        control.put(STATE_OFFSET, STATE_CLOSED);
        mapped.close();
        control.close();
    }
}
