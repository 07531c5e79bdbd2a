package io.stoat.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Names and permissions of the files of a data directory. */
final class ShardFiles {
    private ShardFiles() {}

    static Path map(final Path dataDir, final int shard) {
        return dataDir.resolve(String.format("shard-%03d.map", shard));
    }

    static Path control(final Path dataDir, final int shard) {
        return dataDir.resolve(String.format("shard-%03d.ctl", shard));
    }

    static Path head(final Path dataDir, final int shard) {
        return dataDir.resolve(String.format("shard-%03d.head", shard));
    }

    static Path slots(final Path dataDir, final int shard) {
        return dataDir.resolve(String.format("shard-%03d.slots", shard));
    }

    /** Owner reads and writes, group reads, others nothing. */
    static void restrict(final Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        }
    }

    static void deleteShards(final Path dataDir) throws IOException {
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(dataDir, "shard-*.{map,ctl,head,slots,part}")) {
            for (final Path file : files) {
                Files.delete(file);
            }
        }
    }
}
