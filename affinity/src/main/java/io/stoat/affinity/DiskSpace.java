package io.stoat.affinity;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Size of file systems, which no text file of the kernel tells. */
interface DiskSpace {
    /** Of the file system that holds the nearest existing directory of the path, in bytes. */
    Space of(Path path) throws IOException;

    /** Bytes of a file system: all, and those that this process may still use. */
    record Space(long totalBytes, long freeBytes) {
        private static final long MIB = 1024 * 1024;

        static String mib(final long bytes) {
            return bytes / MIB + " MiB";
        }

        @Override
        public String toString() {
            return mib(freeBytes) + " free of " + mib(totalBytes);
        }
    }

    /** Asks the operating system. */
    static Space ofThisHost(final Path path) throws IOException {
        final FileStore store = Files.getFileStore(nearestExisting(path));
        return new Space(store.getTotalSpace(), store.getUsableSpace());
    }

    /** The path itself or the nearest directory above it that exists. */
    static Path nearestExisting(final Path path) {
        Path at = path.toAbsolutePath();
        while (!Files.exists(at) && at.getParent() != null) {
            at = at.getParent();
        }
        return at;
    }
}
