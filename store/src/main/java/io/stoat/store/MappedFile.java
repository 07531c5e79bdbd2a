package io.stoat.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import net.openhft.chronicle.core.OS;

/**
 * One file mapped as one range of addresses (Chronicle Core's mapping: no 2 GiB limit). The address
 * is used with plain loads and stores, so whoever follows a number into the range checks it against
 * {@link #length()} first. Not thread safe; nobody may use the address after {@link #close()}.
 */
final class MappedFile implements AutoCloseable {
    private final long address;
    private final long length;
    private boolean closed;

    private MappedFile(final long address, final long length) {
        this.address = address;
        this.length = length;
    }

    /**
     * Maps the first {@code length} bytes; read-only mappings show as {@code r--s} in
     * /proc/PID/maps.
     */
    static MappedFile map(final Path file, final boolean writable, final long length) {
        try (FileChannel channel =
                writable
                        ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
                        : FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() < length) {
                throw new StoreException(
                        file
                                + " is truncated: it has "
                                + channel.size()
                                + " bytes and should have "
                                + length
                                + "; restore it from a backup or remove the data directory");
            }
            final MapMode mode = writable ? MapMode.READ_WRITE : MapMode.READ_ONLY;
            return new MappedFile(OS.map(channel, mode, 0, length), length);
        } catch (final NoSuchFileException ex) {
            throw new StoreException(
                    file + " is missing: restore it from a backup or remove the data directory",
                    ex);
        } catch (final IOException ex) {
            throw new StoreException(
                    "cannot map "
                            + file
                            + (writable ? " for writing: " : " for reading: ")
                            + ex.getMessage(),
                    ex);
        }
    }

    long address() {
        return address;
    }

    long length() {
        return length;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                OS.unmap(address, length);
            } catch (final IOException ex) {
                throw new StoreException("cannot unmap a shard: " + ex.getMessage(), ex);
            }
        }
    }
}
