package io.stoat.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.agrona.CloseHelper;

/**
 * The operating-system lock by which one process owns a data directory; it ends with the process
 * however that ends. It lies on a file of its own, {@code store.lock}, which nobody but owners ever
 * opens: POSIX drops all locks that a process has on a file as soon as the process closes any
 * descriptor of that file, so a reader beside the owner in one JVM would otherwise undo the lock.
 * For the same reason a second owner in the same JVM is refused before the file is opened.
 */
final class OwnerLock implements AutoCloseable {
    static final String FILE_NAME = "store.lock";

    private static final Set<Path> OWNED_BY_THIS_JVM = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private OwnerLock(final Path directory, final FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * @return the lock, or null when a live process, maybe this one, has it.
     */
    static OwnerLock tryAcquire(final Path dataDir) throws IOException {
        final Path directory = dataDir.toRealPath();
        if (!OWNED_BY_THIS_JVM.add(directory)) {
            return null;
        }
        FileChannel channel = null;
        boolean locked = false;
        try {
            final Path file = directory.resolve(FILE_NAME);
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            final FileLock lock = channel.tryLock();
            locked = lock != null;
            if (locked) {
                ShardFiles.restrict(file);
            }
            return locked ? new OwnerLock(directory, channel) : null;
        } catch (final OverlappingFileLockException ex) {
            return null;
        } finally {
            if (!locked) {
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
