package io.stoat.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A copy of the text header of a Chronicle Map file in {@code shard-NNN.head}: the header's bytes,
 * then their XXH64 (8, little-endian). Chronicle Map writes the header once, when it creates the
 * file, and waits a minute for one that looks unfinished; so a damaged one is written back before
 * Chronicle Map sees it.
 */
final class MapHeader {
    private static final int MAX_LENGTH = 1 << 20;

    private MapHeader() {}

    static void save(final Path mapFile, final Path headFile, final int length) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(length + Long.BYTES);
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(read(mapFile, length)).putLong(checksum(bytes.array(), length)).flip();
        try (FileChannel out =
                FileChannel.open(
                        headFile,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            out.write(bytes);
        }
        ShardFiles.restrict(headFile);
    }

    /**
     * Writes the header back when it is not what it was.
     *
     * @return whether it was damaged.
     */
    static boolean repair(final Path mapFile, final Path headFile) throws IOException {
        final byte[] saved = savedHeader(headFile);
        if (saved == null || Arrays.equals(saved, read(mapFile, saved.length))) {
            return false;
        }
        try (FileChannel out = FileChannel.open(mapFile, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(saved), 0);
        }
        return true;
    }

    /** Null when there is no copy that can be trusted. */
    private static byte[] savedHeader(final Path headFile) throws IOException {
        if (!Files.exists(headFile) || Files.size(headFile) > MAX_LENGTH) {
            return null;
        }
        final byte[] all = Files.readAllBytes(headFile);
        final int length = all.length - Long.BYTES;
        return length > 0
                        && new UnsafeBuffer(all).getLong(length, ByteOrder.LITTLE_ENDIAN)
                                == checksum(all, length)
                ? Arrays.copyOf(all, length)
                : null;
    }

    private static long checksum(final byte[] bytes, final int length) {
        return XxHash64.hash(new UnsafeBuffer(bytes), 0, length);
    }

    private static byte[] read(final Path file, final int length) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            final ByteBuffer bytes = ByteBuffer.allocate(length);
            int n = 0;
            while (bytes.hasRemaining() && n >= 0) {
                n = in.read(bytes, bytes.position());
            }
            return bytes.array();
        }
    }
}
