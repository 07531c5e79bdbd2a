package io.stoat.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.CloseHelper;

/** Creates and opens the shards of a data directory for its owner. */
final class StoreDirectory {
    private StoreDirectory() {}

    /** Makes the directory; refuses one with anything foreign in it. */
    static void prepare(final Path dataDir) {
        if (Files.exists(dataDir) && !Files.isDirectory(dataDir)) {
            throw new StoreException(
                    "data directory " + dataDir + " is not a directory: give another path");
        }
        try {
            Files.createDirectories(dataDir);
            if (!Files.exists(dataDir.resolve(StoreMark.FILE_NAME))) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(dataDir)) {
                    for (final Path file : files) {
                        if (file.endsWith(OwnerLock.FILE_NAME)) {
                            continue;
                        }
                        throw new StoreException(
                                "data directory "
                                        + dataDir
                                        + " is not empty and has no "
                                        + StoreMark.FILE_NAME
                                        + ": give a new or empty directory");
                    }
                }
            }
        } catch (final IOException ex) {
            throw new StoreException(
                    "cannot use data directory " + dataDir + ": " + ex + "; check path and rights",
                    ex);
        }
    }

    /** Creates the shards of a new directory, with all their space. */
    static Shard[] createShards(final StoreContext context, final StoreMark mark) {
        final Path dataDir = context.dataDir();
        final ShardSizing sizing = ShardSizing.of(context);
        final Shard[] shards = new Shard[context.shardCount()];
        requireNothingToLose(dataDir);
        try {
            ShardFiles.deleteShards(dataDir);
            requireRoom(context, sizing);
            ShardFiles.restrict(dataDir.resolve(StoreMark.FILE_NAME));
            for (int i = 0; i < shards.length; i++) {
                shards[i] =
                        new Shard(
                                ShardOpener.create(
                                        dataDir,
                                        i,
                                        ShardFiles.FIRST_GENERATION,
                                        sizing,
                                        context.maxValueLength(),
                                        context.maxBatchLength()),
                                context);
            }
            mark.signalCreated(shards.length, 1, context.entries(), context.maxValueLength());
            return shards;
        } catch (final IOException | RuntimeException ex) {
            CloseHelper.quietCloseAll(shards);
            try {
                ShardFiles.deleteShards(dataDir);
            } catch (final IOException suppressed) {
                ex.addSuppressed(suppressed);
            }
            throw ex instanceof StoreException known
                    ? known
                    : new StoreException(
                            "cannot create shards in "
                                    + dataDir
                                    + ": "
                                    + ex.getMessage()
                                    + "; free space there, or lower entries="
                                    + context.entries()
                                    + " or maxValueLength="
                                    + context.maxValueLength(),
                            ex);
        }
    }

    /** Files of a cut-off creation may go; files that commands were acknowledged to may not. */
    private static void requireNothingToLose(final Path dataDir) {
        for (int i = 0; Files.exists(ShardFiles.control(dataDir, i)); i++) {
            final Path file = ShardFiles.control(dataDir, i);
            final long position;
            try (ControlFile control = ControlFile.open(file, i, false)) {
                position = control.get(ControlDescriptor.APPLIED_POSITION_OFFSET);
            } catch (final StoreException cutOff) {
                continue;
            }
            if (position > 0) {
                throw new StoreException(
                        dataDir.resolve(StoreMark.FILE_NAME)
                                + " is empty, but "
                                + file
                                + " holds data: restore the mark file from a backup,"
                                + " or move the directory aside");
            }
        }
    }

    private static void requireRoom(final StoreContext context, final ShardSizing sizing)
            throws IOException {
        final long need = sizing.estimatedBytes() * context.shardCount();
        final long room = Files.getFileStore(context.dataDir()).getUsableSpace();
        if (need > room) {
            throw new StoreException(
                    "disk of "
                            + context.dataDir()
                            + " is too small: the shards need about "
                            + ((need >> 20) + 1)
                            + " MiB and "
                            + (room >> 20)
                            + " MiB are free; free space, or lower entries="
                            + context.entries()
                            + " or maxValueLength="
                            + context.maxValueLength());
        }
    }

    /** Opens the shards of an existing directory, recovering those that were not closed cleanly. */
    static Shard[] openShards(
            final StoreContext context, final StoreMark mark, final RecoveryReport recovery) {
        mark.requireReady();
        requireSame(
                context.hasShardCount(),
                "shardCount",
                context.shardCount(),
                mark.shardCount(),
                context);
        requireSame(context.hasEntries(), "entries", context.entries(), mark.entries(), context);
        requireSame(
                context.hasMaxValueLength(),
                "maxValueLength",
                context.maxValueLength(),
                mark.maxValueLength(),
                context);
        final StoreContext stored =
                new StoreContext()
                        .dataDir(context.dataDir())
                        .shardCount(mark.shardCount())
                        .entries(mark.entries())
                        .maxValueLength(mark.maxValueLength());
        final ShardSizing sizing = ShardSizing.of(stored);
        final Shard[] shards = new Shard[mark.shardCount()];
        try {
            for (int i = 0; i < shards.length; i++) {
                shards[i] =
                        ShardOpener.open(
                                context.dataDir(),
                                i,
                                mark.shardGeneration(i),
                                sizing,
                                context,
                                recovery);
                retireOthers(context.dataDir(), i, mark.shardGeneration(i));
            }
            return shards;
        } catch (final RuntimeException ex) {
            CloseHelper.quietCloseAll(shards);
            throw ex;
        }
    }

    /**
     * Readers of a generation that the mark has left attach anew; files that a growth cut off left
     * behind go.
     */
    private static void retireOthers(final Path dataDir, final int shard, final long current) {
        try {
            for (final long generation : ShardFiles.generations(dataDir, shard)) {
                if (generation == current) {
                    continue;
                }
                final Path file = ShardFiles.control(dataDir, shard, generation);
                if (Files.exists(file)) {
                    try (ControlFile control = ControlFile.open(file, shard, true)) {
                        control.retire();
                    } catch (final StoreException cutOff) {
                        // no reader can have attached to it
                    }
                }
                ShardFiles.delete(dataDir, shard, generation);
            }
        } catch (final IOException ex) {
            throw new StoreException(
                    "cannot delete old files of shard " + shard + " in " + dataDir + ": " + ex, ex);
        }
    }

    /** Refuses a growth for which the disk has no room. */
    static void requireRoom(final Path dataDir, final long need, final long entries) {
        try {
            final long room = Files.getFileStore(dataDir).getUsableSpace();
            if (need > room) {
                throw new StoreException(
                        "disk of "
                                + dataDir
                                + " is too small: the grown shards need about "
                                + ((need >> 20) + 1)
                                + " MiB beside the present ones and "
                                + (room >> 20)
                                + " MiB are free; free space, or lower entries="
                                + entries);
            }
        } catch (final IOException ex) {
            throw new StoreException("cannot tell the free space of " + dataDir + ": " + ex, ex);
        }
    }

    private static void requireSame(
            final boolean given,
            final String name,
            final long value,
            final long stored,
            final StoreContext context) {
        if (given && value != stored) {
            throw new StoreException(
                    name
                            + "="
                            + value
                            + " contradicts data directory "
                            + context.dataDir()
                            + ", which was created with "
                            + name
                            + "="
                            + stored
                            + ": leave the setting out, or use a new directory");
        }
    }
}
