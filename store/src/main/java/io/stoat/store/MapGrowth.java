package io.stoat.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import net.openhft.chronicle.core.OS;
import net.openhft.chronicle.hash.impl.util.jna.PosixFallocate;

/**
 * Chronicle Map grows its file by extra tiers: it sets the new length, then allocates the space,
 * then maps it. When the disk is full the length stays without its space, the next attempt takes it
 * for allocated, and the first write to it faults. So what failed is undone, and what a killed
 * owner left half done is completed.
 */
final class MapGrowth {
    private MapGrowth() {}

    /** Cuts off what lies behind the map's own size; nothing is mapped there. */
    static void undo(final Path mapFile, final long storeSize) {
        try (FileChannel channel = FileChannel.open(mapFile, StandardOpenOption.WRITE)) {
            channel.truncate(OS.mapAlign(storeSize));
        } catch (final IOException ex) {
            throw new StoreException(
                    "cannot undo the growth of " + mapFile + " on a full disk: " + ex, ex);
        }
    }

    /** Allocates what the file's length promises; changes no byte. */
    static void complete(final Path mapFile) {
        if (!OS.isLinux()) {
            return;
        }
        try (RandomAccessFile file = new RandomAccessFile(mapFile.toFile(), "rw")) {
            PosixFallocate.fallocate(file.getFD(), 0, file.length());
        } catch (final IOException ex) {
            throw new StoreException(
                    "disk of "
                            + mapFile
                            + " is full: the file's last part has no space yet ("
                            + ex.getMessage()
                            + "); free space, then start again",
                    ex);
        }
    }
}
