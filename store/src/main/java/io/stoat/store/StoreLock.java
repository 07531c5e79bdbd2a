package io.stoat.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.CloseHelper;

/**
 * Ownership of a data directory: an operating-system lock on {@code store.lock}, which ends with
 * the process however that ends. POSIX drops a process's locks on a file when the process closes
 * any descriptor of it, so nothing else ever opens this file, and a second attempt in the same JVM
 * is refused before it opens it.
 */
final class StoreLock implements AutoCloseable {
    static final String FILE_NAME = "store.lock";

    private static final Set<Path> OWNED_BY_THIS_JVM = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private StoreLock(final Path directory, final FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** Takes the lock, or returns null when a live process, this one included, has it. */
    static StoreLock tryLock(final Path dataDir) throws IOException {
        final Path directory = dataDir.toRealPath();
        if (!OWNED_BY_THIS_JVM.add(directory)) {
            return null;
        }
        FileChannel channel = null;
        FileLock lock = null;
        try {
            final Path file = directory.resolve(FILE_NAME);
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock = channel.tryLock();
            if (lock == null) {
                return null;
            }
            ShardFiles.restrict(file);
            return new StoreLock(directory, channel);
        } finally {
            if (lock == null) {
                CloseHelper.quietClose(channel);
                OWNED_BY_THIS_JVM.remove(directory);
            }
        }
    }

    @Override
    public void close() {
        CloseHelper.quietClose(channel);
        OWNED_BY_THIS_JVM.remove(directory);
    }
}
