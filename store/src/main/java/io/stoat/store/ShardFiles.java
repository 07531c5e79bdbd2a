package io.stoat.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names and permissions of the files of a data directory. */
final class ShardFiles {
    static final long FIRST_GENERATION = 1;

    private static final Pattern GENERATION = Pattern.compile("^shard-\\d+\\.g(\\d{1,18})\\.");

    private ShardFiles() {}

    static Path map(final Path dataDir, final int shard) {
        return map(dataDir, shard, FIRST_GENERATION);
    }

    static Path map(final Path dataDir, final int shard, final long generation) {
        return dataDir.resolve(stem(shard, generation) + ".map");
    }

    static Path control(final Path dataDir, final int shard) {
        return control(dataDir, shard, FIRST_GENERATION);
    }

    static Path control(final Path dataDir, final int shard, final long generation) {
        return dataDir.resolve(stem(shard, generation) + ".ctl");
    }

    static Path head(final Path dataDir, final int shard, final long generation) {
        return dataDir.resolve(stem(shard, generation) + ".head");
    }

    static Path slots(final Path dataDir, final int shard, final long generation) {
        return dataDir.resolve(stem(shard, generation) + ".slots");
    }

    /** The first generation has the plain names; a grown shard's files tell theirs. */
    private static String stem(final int shard, final long generation) {
        return generation == FIRST_GENERATION
                ? String.format("shard-%03d", shard)
                : String.format("shard-%03d.g%d", shard, generation);
    }

    /** Generations of a shard that have a control file, in no order. */
    static List<Long> generations(final Path dataDir, final int shard) throws IOException {
        final List<Long> found = new ArrayList<>();
        final String start = stem(shard, FIRST_GENERATION);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dataDir, start + ".*")) {
            for (final Path file : files) {
                final Matcher name = GENERATION.matcher(file.getFileName().toString());
                final long generation =
                        name.find() ? Long.parseLong(name.group(1)) : FIRST_GENERATION;
                if (!found.contains(generation)) {
                    found.add(generation);
                }
            }
        }
        return found;
    }

    /** Deletes the files of one generation of a shard; those that are gone are no error. */
    static void delete(final Path dataDir, final int shard, final long generation)
            throws IOException {
        // the control file last: as long as it is there the others are found again
        for (final String end : List.of(".map", ".head", ".slots", ".part", ".ctl")) {
            Files.deleteIfExists(dataDir.resolve(stem(shard, generation) + end));
        }
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
