package io.stoat.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A copy of a shard's hash look-ups in {@code shard-NNN.slots}, there only while Chronicle Map
 * repairs the shard: its repair takes each slot out before it puts it back, so being killed in the
 * middle would lose an entry. The next owner puts the copied slots back and begins again; the
 * entries themselves are not moved by the repair.
 *
 * <pre>
 *   for each tier:  tier's offset in the map file (8)  slots (slot capacity x slot size)
 *   at the end:     -1 (8)  XXH64 of all before it (8)
 * </pre>
 *
 * Little-endian; complete under its name, since it is renamed last.
 */
final class SlotCopy {
    private static final long END = -1;

    private final Path file;
    private final MapLayout layout;
    private final MappedFile mapped;
    private final int slotsLength;

    SlotCopy(final Path file, final MapLayout layout, final MappedFile mapped) {
        this.file = file;
        this.layout = layout;
        this.mapped = mapped;
        slotsLength = Math.toIntExact(layout.slotCapacity() * layout.slotSize());
    }

    boolean exists() {
        return Files.exists(file);
    }

    void save() throws IOException {
        final Path part = file.resolveSibling(file.getFileName() + ".part");
        final EntryFinder finder = new EntryFinder(layout, mapped.address(), mapped.length());
        try (FileChannel out =
                FileChannel.open(
                        part,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ShardFiles.restrict(part);
            final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
            number.order(ByteOrder.LITTLE_ENDIAN);
            final long[] checksum = {0};
            for (int segment = 0; segment < layout.segments(); segment++) {
                EntryWalk.<IOException>tiers(
                        finder,
                        segment,
                        tier -> {
                            final long offset = tier - mapped.address();
                            writeLong(out, number, offset);
                            writeSlots(out, tier);
                            checksum[0] = next(checksum[0], offset, tier);
                        });
            }
            writeLong(out, number, END);
            writeLong(out, number, checksum[0]);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Puts the slots back.
     *
     * @return false when the copy is damaged: nothing was changed then.
     */
    boolean restore() throws IOException {
        try (MappedFile copy = MappedFile.map(file, false, Files.size(file))) {
            if (!isSound(copy)) {
                return false;
            }
            for (long at = copy.address(); UnsafeApi.getLong(at) != END; at += recordLength()) {
                UnsafeApi.copyMemory(
                        at + Long.BYTES, mapped.address() + UnsafeApi.getLong(at), slotsLength);
            }
            return true;
        }
    }

    private boolean isSound(final MappedFile copy) {
        final long end = copy.address() + copy.length() - 2 * Long.BYTES;
        long checksum = 0;
        long at = copy.address();
        for (; at < end; at += recordLength()) {
            final long offset = UnsafeApi.getLong(at);
            if (offset < layout.segmentsOffset()
                    || offset > mapped.length() - layout.tierSize()
                    || at + recordLength() > end) {
                return false;
            }
            checksum = next(checksum, offset, at + Long.BYTES);
        }
        return at == end
                && UnsafeApi.getLong(end) == END
                && UnsafeApi.getLong(end + Long.BYTES) == checksum;
    }

    private int recordLength() {
        return Long.BYTES + slotsLength;
    }

    private long next(final long checksum, final long tierOffset, final long slotsAddress) {
        return XxHash64.hash(null, slotsAddress, slotsLength, checksum ^ tierOffset);
    }

    private void writeSlots(final FileChannel out, final long tier) throws IOException {
        final byte[] bytes = new byte[slotsLength];
        new UnsafeBuffer(tier, slotsLength).getBytes(0, bytes);
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }

    private static void writeLong(final FileChannel out, final ByteBuffer buffer, final long number)
            throws IOException {
        buffer.clear();
        buffer.putLong(number).flip();
        out.write(buffer);
    }
}
