package io.stoat.store;

import static io.stoat.store.ControlDescriptor.*;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.UnsafeApi;

/**
 * One shard, seen by a reader: control file and map mapped read-only. Mappings that a grown file
 * replaced stay until {@link #close()}, since views may still point into them. One thread an
 * instance.
 */
final class ShardReader implements AutoCloseable {
    /** Internal outcome: look again, the segment changed meanwhile. */
    static final int AGAIN = Integer.MIN_VALUE;

    private final Path mapFile;
    private final ControlFile control;
    private final MapLayout layout;
    private final List<MappedFile> mappings = new ArrayList<>(1);
    private final EntryFinder finder;

    ShardReader(final Path dataDir, final int shard, final long generation) {
        mapFile = ShardFiles.map(dataDir, shard, generation);
        control = ControlFile.open(ShardFiles.control(dataDir, shard, generation), shard, false);
        try {
            layout = control.layout();
            final long length = control.mappedLength();
            finder = new EntryFinder(layout, control.address(), map(length), length);
        } catch (final RuntimeException ex) {
            control.close();
            throw ex;
        }
    }

    private long map(final long length) {
        final MappedFile mapped = MappedFile.map(mapFile, false, length);
        mappings.add(mapped);
        return mapped.address();
    }

    /** Maps a grown file; false when it has not grown. */
    boolean follow() {
        final long length = control.mappedLength();
        if (length <= finder.mappedLength()) {
            return false;
        }
        finder.mapTo(map(length), length);
        return true;
    }

    /** Whether the owner has gone on with other files. */
    boolean isRetired() {
        return control.get(STATE_OFFSET) == STATE_RETIRED;
    }

    /** Whether an address lies in this shard's control file. */
    boolean contains(final long sequenceAddress) {
        return sequenceAddress >= control.address()
                && sequenceAddress <= control.sequenceAddress((int) layout.segments() - 1);
    }

    /** Stays the same when the file grows. */
    EntryFinder finder() {
        return finder;
    }

    long sequenceAddressOf(final int segment) {
        return control.sequenceAddress(segment);
    }

    MapLayout layout() {
        return layout;
    }

    int segments() {
        return (int) layout.segments();
    }

    ControlFile control() {
        return control;
    }

    /**
     * What it means that {@link EntryFinder#locate} found no value under an even sequence.
     *
     * @param located what it returned: {@link EntryFinder#ABSENT} or {@link
     *     EntryFinder#OUT_OF_BOUNDS}.
     * @return {@link Status#NOT_FOUND} or {@link Status#CORRUPT}, validated against the sequence,
     *     or {@link #AGAIN}.
     */
    int miss(final long located, final long sequenceAddress, final long sequence) {
        if (!isUnchanged(sequenceAddress, sequence)) {
            return AGAIN;
        }
        if (located == EntryFinder.ABSENT) {
            return Status.NOT_FOUND;
        }
        return follow() ? AGAIN : Status.CORRUPT;
    }

    static boolean isUnchanged(final long sequenceAddress, final long sequence) {
        // the loads of the entry must not sink below the second load of the sequence
        UnsafeApi.loadFence();
        return UnsafeApi.getLong(sequenceAddress) == sequence;
    }

    static long sequence(final long sequenceAddress) {
        return UnsafeApi.getLongAcquire(null, sequenceAddress);
    }

    static boolean isOdd(final long sequence) {
        return (sequence & 1) != 0;
    }

    long appliedPosition() {
        return control.get(APPLIED_POSITION_OFFSET);
    }

    ShardStat stat(final int shard) {
        return new ShardStat(
                shard,
                control.get(ENTRY_COUNT_OFFSET),
                control.get(CAPACITY_ENTRIES_OFFSET),
                control.get(VALUE_BYTES_OFFSET),
                control.get(ENTRY_BYTES_OFFSET),
                control.get(CAPACITY_BYTES_OFFSET),
                fullestSegmentPercent(),
                control.get(EVICTIONS_OFFSET),
                control.eviction(),
                control.highWaterPercent(),
                control.get(APPLIED_POSITION_OFFSET),
                control.get(LEADERSHIP_TERM_OFFSET),
                control.mappedLength(),
                (int) layout.segments(),
                control.get(HEARTBEAT_OFFSET));
    }

    SegmentStat segmentStat(final int segment) {
        final long line = control.sequenceAddress(segment);
        return new SegmentStat(
                segment,
                UnsafeApi.getLongVolatile(null, line + SEGMENT_ENTRIES_OFFSET),
                UnsafeApi.getLongVolatile(null, line + SEGMENT_BYTES_OFFSET),
                layout.chunkSize() * layout.chunksPerTier());
    }

    private int fullestSegmentPercent() {
        long most = 0;
        for (int segment = 0; segment < segments(); segment++) {
            final long line = control.sequenceAddress(segment);
            most = Math.max(most, UnsafeApi.getLong(line + SEGMENT_BYTES_OFFSET));
        }
        return (int) Math.round(100.0 * most / (layout.chunkSize() * layout.chunksPerTier()));
    }

    @Override
    public void close() {
        mappings.forEach(MappedFile::close);
        mappings.clear();
        control.close();
    }
}
