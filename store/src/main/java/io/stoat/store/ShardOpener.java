package io.stoat.store;

import static io.stoat.store.ControlDescriptor.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.openhft.chronicle.hash.impl.VanillaChronicleHash;
import net.openhft.chronicle.map.ChronicleMap;

/** Creates, opens and recovers a shard's two files. */
final class ShardOpener {
    private static final long FULL_DISK_BYTES = 1L << 20;

    private ShardOpener() {}

    /** Creates the shard's two files, with their space allocated. */
    static ShardStorage create(
            final Path dataDir,
            final int index,
            final long generation,
            final ShardSizing sizing,
            final int maxValueLength,
            final int maxBatchLength)
            throws IOException {
        final Path mapFile = ShardFiles.map(dataDir, index, generation);
        final ChronicleMap<NativeBytes, NativeBytes> map =
                sizing.builder().createPersistedTo(mapFile.toFile());
        ShardFiles.restrict(mapFile);
        final VanillaChronicleHash<?, ?, ?, ?> hash = (VanillaChronicleHash<?, ?, ?, ?>) map;
        MapHeader.save(mapFile, ShardFiles.head(dataDir, index, generation), (int) hash.headerSize);
        final MapLayout layout =
                MapLayout.ofMapFile(mapFile, hash.headerSize, hash.segmentHeadersOffset);
        final ControlFile control =
                ControlFile.create(
                        ShardFiles.control(dataDir, index, generation),
                        index,
                        generation,
                        layout,
                        maxValueLength,
                        maxBatchLength,
                        sizing,
                        hash.persistedDataVersion());
        control.put(MAPPED_LENGTH_OFFSET, hash.dataStoreSize());
        final String problem = layout.problem(hash.dataStoreSize());
        if (problem != null) {
            throw new IOException("unexpected Chronicle Map layout: " + problem);
        }
        control.put(STATE_OFFSET, STATE_OPEN);
        control.signalReady();
        return new ShardStorage(mapFile, control, map);
    }

    /** Opens existing files; a shard that was not closed cleanly is recovered first. */
    static Shard open(
            final Path dataDir,
            final int index,
            final long generation,
            final ShardSizing sizing,
            final StoreContext context,
            final RecoveryReport report) {
        final Path mapFile = ShardFiles.map(dataDir, index, generation);
        final ControlFile control =
                ControlFile.open(ShardFiles.control(dataDir, index, generation), index, true);
        try {
            MappedFile.map(mapFile, false, control.mappedLength()).close();
            MapHeader.repair(mapFile, ShardFiles.head(dataDir, index, generation));
            if (control.get(STATE_OFFSET) != STATE_CLOSED) {
                return recover(dataDir, index, sizing, context, control, report);
            }
            final ChronicleMap<NativeBytes, NativeBytes> map =
                    sizing.builder().createPersistedTo(mapFile.toFile());
            control.put(STATE_OFFSET, STATE_OPEN);
            return new Shard(new ShardStorage(mapFile, control, map), context);
        } catch (final IOException | RuntimeException ex) {
            control.close();
            throw ex instanceof StoreException known
                    ? known
                    : new StoreException(
                            "cannot open "
                                    + mapFile
                                    + ": "
                                    + ex.getMessage()
                                    + "; "
                                    + mend(mapFile, ex),
                            ex);
        }
    }

    /** A full disk is no reason to throw data away. */
    private static String mend(final Path mapFile, final Exception failure) {
        long freeBytes = Long.MAX_VALUE;
        try {
            freeBytes = Files.getFileStore(mapFile.getParent()).getUsableSpace();
        } catch (final IOException ignore) {
            // then the failure's words must do
        }
        return freeBytes < FULL_DISK_BYTES
                        || String.valueOf(failure.getMessage()).contains("No space left")
                ? "free space on the file system of "
                        + mapFile.getParent()
                        + " and start again, nothing is lost"
                : "restore it from a backup or remove the data directory";
    }

    /**
     * After a crash: Chronicle Map makes its structures consistent, the command that was cut off is
     * finished, every entry is checked, and only then readers may look again.
     */
    private static Shard recover(
            final Path dataDir,
            final int index,
            final ShardSizing sizing,
            final StoreContext context,
            final ControlFile control,
            final RecoveryReport report)
            throws IOException {
        control.holdReaders();
        final ShardRecovery recovery = new ShardRecovery(dataDir, index, control);
        final Path mapFile = ShardFiles.map(dataDir, index, control.get(GENERATION_OFFSET));
        recovery.prepare();
        final ChronicleMap<NativeBytes, NativeBytes> map =
                sizing.builder()
                        .recoverPersistedTo(mapFile.toFile(), false, recovery.corruptionListener());
        recovery.redo(map);
        final ShardStorage storage = new ShardStorage(mapFile, control, map);
        storage.followGrowth();
        recovery.finish(storage);
        control.put(STATE_OFFSET, STATE_OPEN);
        final Shard shard = new Shard(storage, context);
        control.releaseReaders();
        report.add(recovery);
        return shard;
    }
}
