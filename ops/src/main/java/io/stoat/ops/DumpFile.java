package io.stoat.ops;

import io.stoat.store.ScanEntry;
import io.stoat.store.StoreContext;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The file of {@code stoat export} and {@code stoat import}. All numbers big-endian.
 *
 * <pre>
 *   magic (8)        "STOATDMP"
 *   version (4)      1
 *   entries, each:
 *     key length (4)   1 to 1024
 *     value length (4)
 *     expiry (8)       ms since the epoch, or 0
 *     key, value
 *   end (4)          0
 *   count (8)        of entries
 *   checksum (8)     CRC-32C (RFC 3720) of all bytes before it
 * </pre>
 */
final class DumpFile {
    private static final long MAGIC = 0x53544F4154444D50L;
    private static final int VERSION = 1;

    private DumpFile() {}

    /** Writes a dump; the file appears under its name only when it is complete. */
    static final class Writer implements AutoCloseable {
        private final Path file;
        private final Path partial;
        private final CRC32C checksum = new CRC32C();
        private final DataOutputStream out;
        private long count;

        Writer(final Path file) throws IOException {
            this.file = file;
            partial = file.resolveSibling(file.getFileName() + ".partial");
            out =
                    new DataOutputStream(
                            new CheckedOutputStream(
                                    new BufferedOutputStream(Files.newOutputStream(partial)),
                                    checksum));
            out.writeLong(MAGIC);
            out.writeInt(VERSION);
        }

        void write(final ScanEntry entry) throws IOException {
            out.writeInt(entry.keyLength());
            out.writeInt(entry.valueLength());
            out.writeLong(entry.expiresAtMs());
            final byte[] bytes = new byte[entry.keyLength() + entry.valueLength()];
            entry.buffer().getBytes(entry.keyOffset(), bytes);
            out.write(bytes);
            count++;
        }

        long count() {
            return count;
        }

        /** Completes the file and gives it its name. */
        void finish() throws IOException {
            out.writeInt(0);
            out.writeLong(count);
            out.writeLong(checksum.getValue());
            out.close();
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void close() throws IOException {
            out.close();
            Files.deleteIfExists(partial);
        }
    }

    /** Takes the entries of a dump. */
    @FunctionalInterface
    interface Consumer {
        void onEntry(byte[] key, byte[] value, long expiresAtMs);
    }

    /**
     * Reads a dump to its end.
     *
     * @return number of entries.
     * @throws CommandFailure when the file is not a whole dump; entries before the damage have been
     *     given to the consumer.
     */
    static long read(final Path file, final Consumer consumer) throws IOException {
        final CRC32C checksum = new CRC32C();
        try (DataInputStream in =
                new DataInputStream(
                        new CheckedInputStream(
                                new BufferedInputStream(Files.newInputStream(file)), checksum))) {
            if (in.readLong() != MAGIC) {
                throw CommandFailure.failed(file + " is no file of stoat export");
            }
            final int version = in.readInt();
            if (version != VERSION) {
                throw CommandFailure.failed(
                        file + " has version " + version + ", this release reads " + VERSION);
            }
            long count = 0;
            for (int keyLength = in.readInt(); keyLength != 0; keyLength = in.readInt()) {
                final int valueLength = in.readInt();
                if (keyLength < 1
                        || keyLength > StoreContext.MAX_KEY_LENGTH
                        || valueLength < 0
                        || valueLength > StoreContext.MAX_VALUE_LENGTH_LIMIT) {
                    throw damaged(file, count);
                }
                final long expiresAtMs = in.readLong();
                final byte[] key = in.readNBytes(keyLength);
                final byte[] value = in.readNBytes(valueLength);
                if (key.length < keyLength || value.length < valueLength) {
                    throw new EOFException();
                }
                consumer.onEntry(key, value, expiresAtMs);
                count++;
            }
            final boolean rightCount = in.readLong() == count;
            final long expected = checksum.getValue();
            if (in.readLong() != expected || !rightCount) {
                throw damaged(file, count);
            }
            return count;
        } catch (final EOFException ex) {
            throw CommandFailure.failed(file + " is cut off: export it again");
        }
    }

    private static CommandFailure damaged(final Path file, final long count) {
        return CommandFailure.failed(
                file + " is damaged after entry " + count + ": export it again");
    }
}
