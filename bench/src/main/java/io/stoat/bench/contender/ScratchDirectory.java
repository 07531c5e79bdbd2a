package io.stoat.bench.contender;

import io.stoat.transport.AeronDirectories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A directory for one measurement's files, in memory ({@code /dev/shm}) where that is writable, so
 * that no disk is measured. Deleted with all it holds by {@link #close()}.
 */
public final class ScratchDirectory implements AutoCloseable {
    /**
     * System property: directory to create scratch directories in. A parent process sets it for its
     * forks, and so can clean up after one that was killed.
     */
    public static final String ROOT_PROPERTY = "stoat.bench.scratch";

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final long CHILDREN_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long CHECK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Path path;

    private final Thread lastWish = new Thread(this::deleteWhatIsLeft, "stoat-bench-clean-up");

    private ScratchDirectory(final Path path) {
        this.path = path;
        Runtime.getRuntime().addShutdownHook(lastWish);
    }

    /** At an interrupt: child processes write into it until they have ended. */
    private void deleteWhatIsLeft() {
        final long deadlineNs = System.nanoTime() + CHILDREN_TIMEOUT_NS;
        while (System.nanoTime() - deadlineNs < 0
                && ProcessHandle.current().descendants().anyMatch(ProcessHandle::isAlive)) {
            LockSupport.parkNanos(CHECK_INTERVAL_NS);
        }
        try {
            delete();
        } catch (final UncheckedIOException ignore) {
            // the process is ending
        }
        AeronDirectories.removeAbandoned();
    }

    /**
     * Creates a new, empty directory.
     *
     * @return the directory.
     */
    public static ScratchDirectory create() {
        try {
            return new ScratchDirectory(Files.createTempDirectory(root(), "stoat-bench-"));
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot create a directory in " + root(), e);
        }
    }

    private static Path root() {
        final String configured = System.getProperty(ROOT_PROPERTY);
        if (configured != null) {
            return Path.of(configured);
        }
        return Files.isWritable(SHARED_MEMORY)
                ? SHARED_MEMORY
                : Path.of(System.getProperty("java.io.tmpdir"));
    }

    /**
     * @return the directory.
     */
    public Path path() {
        return path;
    }

    /** Deletes the directory and what it holds; a file that is already gone is no error. */
    @Override
    public void close() {
        delete();
        try {
            Runtime.getRuntime().removeShutdownHook(lastWish);
        } catch (final IllegalStateException ignore) {
            // the process is ending: the hook runs, and finds nothing
        }
    }

    /** By the hook or by the owner, not by both at once. */
    private synchronized void delete() {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (final Path file :
                    (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(file);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot delete " + path, e);
        }
    }
}
