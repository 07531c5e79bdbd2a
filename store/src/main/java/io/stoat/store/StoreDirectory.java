package io.stoat.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
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
            inParallel(
                    shards.length,
                    shard -> {
                        shards[shard] =
                                ShardOpener.open(
                                        context.dataDir(),
                                        shard,
                                        mark.shardGeneration(shard),
                                        sizing,
                                        context,
                                        recovery);
                        retireOthers(context.dataDir(), shard, mark.shardGeneration(shard));
                    });
            return shards;
        } catch (final RuntimeException ex) {
            CloseHelper.quietCloseAll(shards);
            throw ex;
        }
    }

    /**
     * Checking every entry after a crash is work for all cores, and shards know nothing of each
     * other. Ends when all have; throws the failure of the first shard that failed.
     */
    private static void inParallel(final int count, final IntConsumer task) {
        final RuntimeException[] failures = new RuntimeException[count];
        final AtomicInteger next = new AtomicInteger();
        final Runnable worker =
                () -> {
                    for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                        try {
                            task.accept(i);
                        } catch (final RuntimeException ex) {
                            failures[i] = ex;
                        } catch (final Error ex) {
                            failures[i] = new IllegalStateException(ex);
                        }
                    }
                };
        final Thread[] helpers =
                new Thread[Math.min(count, Runtime.getRuntime().availableProcessors()) - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Thread(worker, "open-shards-" + i);
            helpers[i].start();
        }
        worker.run();
        for (final Thread helper : helpers) {
            joinFully(helper);
        }
        for (final RuntimeException failure : failures) {
            if (failure != null) {
                throw failure;
            }
        }
    }

    /** Files that are being mended are not left half-way for an interrupt; it is kept for later. */
    private static void joinFully(final Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (final InterruptedException ex) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
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
