package io.stoat.ops.chaos;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a process stands still after a SIGSTOP, which reaches its threads one after the other.
 */
final class StoppedThreads {
    private StoppedThreads() {}

    /**
     * @param pid of a process.
     * @return whether all its threads are stopped; false when they cannot be seen.
     */
    static boolean areAll(final long pid) {
        final Path tasks = Path.of("/proc", Long.toString(pid), "task");
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (final Path thread : threads) {
                if (!isStopped(Files.readString(thread.resolve("stat")))) {
                    return false;
                }
            }
            return true;
        } catch (final IOException itEnded) {
            return false;
        }
    }

    /**
     * @param stat of a thread, as Linux writes it: number, name in brackets, state, and more.
     */
    static boolean isStopped(final String stat) {
        // a name may hold brackets and blanks itself
        return stat.startsWith(") T", stat.lastIndexOf(')'));
    }
}
