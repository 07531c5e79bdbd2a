package io.stoat.affinity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The CPUs that processes of this host have taken for their threads, so that two of them do not pin
 * to the same one. A claim is a lock on one byte of a file that all processes share: the operating
 * system drops it with its process, however that ends. A host that does not let the file be locked
 * is one on which nothing is known to be taken.
 *
 * <p>Advice, not protection: whoever does not ask is not kept away. Any thread.
 */
public final class CoreClaims {
    private static final String FILE_NAME = "stoat-cpus.lock";
    private static final int PID_BYTES = Long.BYTES;

    /** Locks belong to the process, and closing any channel of a file drops them all. */
    private static final Map<Path, FileChannel> CHANNELS = new HashMap<>();

    private final Path file;
    private final Map<Integer, FileLock> locks = new HashMap<>();

    /**
     * @param file that the processes share; made when missing, never removed.
     */
    public CoreClaims(final Path file) {
        this.file = file;
    }

    /**
     * @return the claims of this host's Stoat processes.
     */
    public static CoreClaims ofThisHost() {
        for (final String directory : List.of("/run/lock", "/dev/shm")) {
            final Path path = Path.of(directory);
            if (Files.isDirectory(path) && Files.isWritable(path)) {
                return new CoreClaims(path.resolve(FILE_NAME));
            }
        }
        return new CoreClaims(Path.of(System.getProperty("java.io.tmpdir"), FILE_NAME));
    }

    /**
     * Takes CPUs, all or none.
     *
     * @param cpus to take; those that this object has already are left as they are.
     * @return the CPUs that somebody else has; when there are any, nothing was taken.
     */
    public synchronized CpuSet take(final CpuSet cpus) {
        final FileChannel channel = channel(file);
        if (channel == null) {
            return CpuSet.EMPTY;
        }
        final Map<Integer, FileLock> taken = new HashMap<>();
        final List<Integer> refused = new ArrayList<>();
        cpus.stream()
                .filter(cpu -> !locks.containsKey(cpu))
                .forEach(
                        cpu -> {
                            try {
                                final FileLock lock = lock(channel, cpu);
                                if (lock == null) {
                                    refused.add(cpu);
                                } else {
                                    taken.put(cpu, lock);
                                }
                            } catch (final IOException ignore) {
                                // a file system without locks: nothing is known
                            }
                        });
        if (refused.isEmpty()) {
            locks.putAll(taken);
        } else {
            taken.values().forEach(CoreClaims::release);
        }
        return CpuSet.of(refused.stream().mapToInt(Integer::intValue).toArray());
    }

    private static FileLock lock(final FileChannel channel, final int cpu) throws IOException {
        final FileLock lock;
        try {
            lock = channel.tryLock((long) cpu * PID_BYTES, PID_BYTES, false);
        } catch (final OverlappingFileLockException ex) {
            return null;
        }
        if (lock != null) {
            final ByteBuffer pid = ByteBuffer.allocate(PID_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            pid.putLong(0, ProcessHandle.current().pid());
            channel.write(pid, (long) cpu * PID_BYTES);
        }
        return lock;
    }

    /**
     * @param cpu that somebody has.
     * @return the process that took it last; empty when it is not known.
     */
    public OptionalLong holder(final int cpu) {
        final FileChannel channel = channel(file);
        final ByteBuffer pid = ByteBuffer.allocate(PID_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try {
            return channel != null
                            && channel.read(pid, (long) cpu * PID_BYTES) == PID_BYTES
                            && pid.getLong(0) > 0
                    ? OptionalLong.of(pid.getLong(0))
                    : OptionalLong.empty();
        } catch (final IOException ex) {
            return OptionalLong.empty();
        }
    }

    /** Gives every CPU back. */
    public synchronized void release() {
        locks.values().forEach(CoreClaims::release);
        locks.clear();
    }

    private static void release(final FileLock lock) {
        try {
            lock.release();
        } catch (final IOException ignore) {
            // it ends with the process
        }
    }

    private static FileChannel channel(final Path file) {
        synchronized (CHANNELS) {
            return CHANNELS.computeIfAbsent(file, CoreClaims::open);
        }
    }

    /**
     * For every user of the host; null when it cannot be had. Its directory is open to all, so a
     * link that somebody put there is not followed.
     */
    private static FileChannel open(final Path file) {
        try {
            try {
                return FileChannel.open(
                        file,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS);
            } catch (final NoSuchFileException ex) {
                final FileChannel channel =
                        FileChannel.open(
                                file,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.CREATE,
                                LinkOption.NOFOLLOW_LINKS);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
                return channel;
            }
        } catch (final IOException | UnsupportedOperationException ex) {
            return null;
        }
    }
}
