package io.stoat.transport;

import io.stoat.store.XxHash64;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Where media drivers keep their files: in memory when the host has /dev/shm. */
public final class AeronDirectories {
    private static final String CLIENT_PREFIX = "stoat-client-";
    private static final AtomicInteger CLIENTS = new AtomicInteger();

    private AeronDirectories() {}

    /**
     * The directory of the driver of the node that owns a data directory: a function of the data
     * directory's real path and the user, so that clients of the host find it.
     *
     * @param dataDir of the node.
     * @return the driver's directory.
     */
    public static Path forDataDir(final Path dataDir) {
        Path real;
        try {
            real = dataDir.toRealPath();
        } catch (final IOException ex) {
            real = dataDir.toAbsolutePath().normalize();
        }
        final byte[] path = real.toString().getBytes(StandardCharsets.UTF_8);
        final long hash = XxHash64.hash(new UnsafeBuffer(path), 0, path.length);
        return parent().resolve(String.format("stoat-%s-%016x", user(), hash));
    }

    /**
     * A new directory for a client's own driver; removes those that dead processes left. Any
     * thread.
     *
     * @return a path that no other client has.
     */
    public static Path forClient() {
        removeAbandoned();
        return parent().resolve(
                        CLIENT_PREFIX
                                + ProcessHandle.current().pid()
                                + "-"
                                + CLIENTS.incrementAndGet());
    }

    /** Removes the directories of clients' own drivers whose processes are dead. Any thread. */
    public static void removeAbandoned() {
        final File[] found =
                parent().toFile().listFiles((dir, name) -> name.startsWith(CLIENT_PREFIX));
        if (found == null) {
            return;
        }
        for (final File directory : found) {
            final String[] parts = directory.getName().substring(CLIENT_PREFIX.length()).split("-");
            try {
                if (ProcessHandle.of(Long.parseLong(parts[0])).isEmpty()) {
                    IoUtil.delete(directory, true);
                }
            } catch (final NumberFormatException ignore) {
                // not one of ours
            }
        }
    }

    private static Path parent() {
        final Path shm = Path.of("/dev/shm");
        return Files.isDirectory(shm) && Files.isWritable(shm)
                ? shm
                : Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static String user() {
        return System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9_.-]", "_");
    }
}
