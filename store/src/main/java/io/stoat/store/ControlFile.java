package io.stoat.store;

import static io.stoat.store.ControlDescriptor.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.UnsafeApi;

/**
 * A shard's mapped control file, as laid out by {@link ControlDescriptor}. The owner writes,
 * readers only read.
 */
final class ControlFile implements AutoCloseable {
    private static final long MAX_REDO_LENGTH =
            RedoSlot.length(
                    StoreContext.MAX_VALUE_LENGTH_LIMIT, StoreContext.MAX_BATCH_LENGTH_LIMIT);

    private final MappedFile mapped;
    private final long address;

    private ControlFile(final MappedFile mapped) {
        this.mapped = mapped;
        this.address = mapped.address();
    }

    /** Creates the file with its space allocated; {@link #signalReady()} makes it attachable. */
    static ControlFile create(
            final Path file,
            final int shard,
            final long generation,
            final MapLayout layout,
            final int maxValueLength,
            final int maxBatchLength,
            final ShardSizing sizing,
            final String chronicleVersion)
            throws IOException {
        final long redoLength = RedoSlot.length(maxValueLength, maxBatchLength);
        final long length = ControlDescriptor.length(layout.segments(), redoLength);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            final ByteBuffer zeros = ByteBuffer.allocate(64 * 1024);
            for (long at = 0; at < length; at += zeros.limit()) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), length - at));
                channel.write(zeros, at);
            }
        }
        ShardFiles.restrict(file);
        final ControlFile control = new ControlFile(MappedFile.map(file, true, length));
        final long address = control.address;
        UnsafeApi.putLong(address + MAGIC_OFFSET, MAGIC);
        UnsafeApi.putInt(address + SHARD_INDEX_OFFSET, shard);
        UnsafeApi.putLong(address + GENERATION_OFFSET, generation);
        UnsafeApi.putLong(address + SEGMENT_COUNT_OFFSET, layout.segments());
        UnsafeApi.putLong(address + MAX_VALUE_LENGTH_OFFSET, maxValueLength);
        UnsafeApi.putLong(address + CAPACITY_ENTRIES_OFFSET, sizing.capacityEntries());
        UnsafeApi.putLong(address + CAPACITY_BYTES_OFFSET, sizing.capacityBytes());
        UnsafeApi.putLong(address + REDO_LENGTH_OFFSET, redoLength);
        final byte[] version = chronicleVersion.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < Math.min(version.length, CHRONICLE_VERSION_LENGTH); i++) {
            UnsafeApi.putByte(address + CHRONICLE_VERSION_OFFSET + i, version[i]);
        }
        layout.writeTo(address + MAP_LAYOUT_OFFSET);
        return control;
    }

    /** Maps an existing file and refuses what is not a complete control file of this layout. */
    static ControlFile open(final Path file, final int shard, final boolean writable) {
        final ControlFile head = new ControlFile(MappedFile.map(file, false, HEADER_LENGTH));
        final long length;
        try {
            head.requireReadable(file, shard);
            length =
                    ControlDescriptor.length(
                            head.get(SEGMENT_COUNT_OFFSET), head.get(REDO_LENGTH_OFFSET));
        } finally {
            head.close();
        }
        return new ControlFile(MappedFile.map(file, writable, length));
    }

    private void requireReadable(final Path file, final int shard) {
        if (UnsafeApi.getLong(address + MAGIC_OFFSET) != MAGIC) {
            throw new StoreException(file + " is not a Stoat control file: wrong magic number");
        }
        final int version = UnsafeApi.getIntVolatile(null, address + LAYOUT_VERSION_OFFSET);
        if (version != LAYOUT_VERSION) {
            throw new StoreException(
                    version == 0
                            ? file + " is not ready: its creation is under way or was cut off"
                            : file
                                    + " has layout version "
                                    + version
                                    + ", this release reads "
                                    + LAYOUT_VERSION
                                    + ": run 'stoat export FILE' of the release that wrote it,"
                                    + " and 'stoat import FILE' of this one into a new directory");
        }
        final MapLayout layout = layout();
        final long mappedLength = mappedLength();
        final String problem = layout.problem(mappedLength);
        final int index = UnsafeApi.getInt(address + SHARD_INDEX_OFFSET);
        final long maxValueLength = get(MAX_VALUE_LENGTH_OFFSET);
        if (problem != null
                || maxValueLength < 1
                || maxValueLength > StoreContext.MAX_VALUE_LENGTH_LIMIT
                || get(REDO_LENGTH_OFFSET) < RedoSlot.length((int) maxValueLength, 0)
                || get(REDO_LENGTH_OFFSET) > MAX_REDO_LENGTH
                || index != shard
                || UnsafeApi.getLong(address + SEGMENT_COUNT_OFFSET) != layout.segments()) {
            throw new StoreException(
                    file
                            + " is damaged: "
                            + (problem == null
                                    ? "shard=" + index + ", maxValueLength=" + maxValueLength
                                    : problem)
                            + "; restore it from a backup or remove the data directory");
        }
    }

    void signalReady() {
        UnsafeApi.putIntRelease(null, address + LAYOUT_VERSION_OFFSET, LAYOUT_VERSION);
    }

    long address() {
        return address;
    }

    MapLayout layout() {
        return MapLayout.readFrom(address + MAP_LAYOUT_OFFSET);
    }

    RedoSlot redoSlot() {
        return new RedoSlot(
                address + redoSlotOffset(get(SEGMENT_COUNT_OFFSET)), get(REDO_LENGTH_OFFSET));
    }

    long sequenceAddress(final int segment) {
        return ControlDescriptor.sequenceAddress(address, segment);
    }

    /** Makes every sequence odd, so that no reader follows structures that are being rebuilt. */
    void holdReaders() {
        for (int segment = 0; segment < get(SEGMENT_COUNT_OFFSET); segment++) {
            final long sequence = UnsafeApi.getLong(sequenceAddress(segment));
            UnsafeApi.putLongRelease(null, sequenceAddress(segment), sequence | 1);
        }
        UnsafeApi.storeFence();
    }

    /** No one writes here any more: sequences stay odd, and readers attach to other files. */
    void retire() {
        put(STATE_OFFSET, STATE_RETIRED);
        holdReaders();
    }

    /** Makes every sequence even, and another one than before {@link #holdReaders()}. */
    void releaseReaders() {
        for (int segment = 0; segment < get(SEGMENT_COUNT_OFFSET); segment++) {
            final long sequence = UnsafeApi.getLong(sequenceAddress(segment));
            UnsafeApi.putLongRelease(null, sequenceAddress(segment), (sequence | 1) + 1);
        }
    }

    long get(final int offset) {
        return UnsafeApi.getLongVolatile(null, address + offset);
    }

    void put(final int offset, final long value) {
        UnsafeApi.putLongRelease(null, address + offset, value);
    }

    /** Shows readers the owner's settings. */
    void eviction(final Eviction eviction, final int highWaterPercent) {
        UnsafeApi.putInt(address + EVICTION_OFFSET, eviction.ordinal());
        UnsafeApi.putInt(address + HIGH_WATER_OFFSET, highWaterPercent);
    }

    /** The owner's setting, {@link Eviction#REJECT} for an unknown one. */
    Eviction eviction() {
        final int ordinal = UnsafeApi.getInt(address + EVICTION_OFFSET);
        final Eviction[] known = Eviction.values();
        return ordinal < 0 || ordinal >= known.length ? Eviction.REJECT : known[ordinal];
    }

    int highWaterPercent() {
        return UnsafeApi.getInt(address + HIGH_WATER_OFFSET);
    }

    long mappedLength() {
        return get(MAPPED_LENGTH_OFFSET);
    }

    @Override
    public void close() {
        mapped.close();
    }
}
