package io.stoat.store;

import java.nio.file.Path;

/**
 * Child process that loads the classes of the others, owners and readers: writes, is recovered,
 * reads, and ends. Argument: a directory for its files.
 */
final class ChildTraining {
    private static final int STEPS = 200;

    private ChildTraining() {}

    public static void main(final String[] args) throws Exception {
        final Path dir = Path.of(args[0], "training");
        final Path journal = Path.of(args[0], "training.journal");
        write(dir, journal);
        for (int shard = 0; shard < 2; shard++) {
            try (ControlFile control =
                    ControlFile.open(ShardFiles.control(dir, shard), shard, true)) {
                control.put(ControlDescriptor.STATE_OFFSET, ControlDescriptor.STATE_OPEN);
            }
        }
        write(dir, journal);
        final Path other = Path.of(args[0], "training-reader");
        Store.open(new StoreContext().dataDir(other).shardCount(1).entries(64)).close();
        final HammerReader reader = new HammerReader(other);
        for (int step = 0; step < STEPS; step++) {
            reader.read();
        }
        System.out.println("trained");
    }

    private static void write(final Path dir, final Path journal) throws Exception {
        try (Store store = Store.open(CrashWriter.context(dir))) {
            final CrashWriter writer = new CrashWriter(store, CrashWriter.mapJournal(journal));
            writer.check();
            for (int step = 0; step < STEPS; step++) {
                writer.step(false);
            }
        }
    }
}
