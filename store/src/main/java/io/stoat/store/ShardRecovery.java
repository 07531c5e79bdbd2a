package io.stoat.store;

import static io.stoat.store.ControlDescriptor.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import net.openhft.chronicle.hash.ChronicleHashCorruption;
import net.openhft.chronicle.hash.impl.VanillaChronicleHash;
import net.openhft.chronicle.map.ChronicleMap;
import org.agrona.UnsafeApi;

/**
 * Makes one shard sound after its owner died, in this order: {@link #prepare()} checks every entry
 * against its checksum and leaves only slots that lead to sound ones, Chronicle Map rebuilds its
 * free lists and counters from them, {@link #redo} applies the command in the redo slot, {@link
 * #finish} counts. What fails goes to the {@link Quarantine}; nothing is dropped silently. Killed
 * at any point, it can begin again.
 */
final class ShardRecovery {
    private final Path mapFile;
    private final Path slotsFile;
    private final int index;
    private final ControlFile control;
    private final MapLayout layout;
    private final int maxValueLength;
    private final RedoSlot redo;
    private final boolean armed;
    private final boolean redoSound;
    private final Quarantine quarantine;
    private final long countBefore;
    private long soundBefore;
    private long repaired;
    private long lost;
    private boolean redone;
    private long entries;
    private long missing;

    ShardRecovery(final Path dataDir, final int index, final ControlFile control) {
        mapFile = ShardFiles.map(dataDir, index, control.get(GENERATION_OFFSET));
        slotsFile = ShardFiles.slots(dataDir, index, control.get(GENERATION_OFFSET));
        this.index = index;
        this.control = control;
        layout = control.layout();
        maxValueLength = (int) control.get(MAX_VALUE_LENGTH_OFFSET);
        redo = control.redoSlot();
        armed = redo.operation() != RedoSlot.IDLE;
        redoSound = armed && redo.isSound(maxValueLength);
        quarantine = new Quarantine(dataDir, index);
        countBefore = control.get(ENTRY_COUNT_OFFSET);
    }

    /** Before Chronicle Map opens the file. */
    void prepare() throws IOException {
        MapGrowth.complete(mapFile);
        try (MappedFile mapped = MappedFile.map(mapFile, true, storeSize())) {
            final SlotCopy copy = new SlotCopy(slotsFile, layout, mapped);
            if (copy.exists() && !copy.restore()) {
                quarantine.note(slotsFile + " is damaged and was not used");
            }
            copy.save();
            final SlotAudit audit =
                    new SlotAudit(layout, mapped, redo, redoSound, maxValueLength, quarantine);
            audit.run();
            soundBefore = audit.sound();
            lost = audit.lost();
        }
    }

    /** What the map says of its own length, where that can be; else what readers were told. */
    private long storeSize() throws IOException {
        final long known = control.mappedLength();
        final long length = Files.size(mapFile);
        final long own;
        try (MappedFile mapped = MappedFile.map(mapFile, false, layout.storeSizeOffset() + 8)) {
            own = UnsafeApi.getLong(mapped.address() + layout.storeSizeOffset());
        }
        return own >= known && own <= length ? own : known;
    }

    /** Takes note of what Chronicle Map mends, for the report. */
    ChronicleHashCorruption.Listener corruptionListener() {
        return corruption -> quarantine.note(corruption.message());
    }

    /** After Chronicle Map's repair: the command that was cut off. */
    void redo(final ChronicleMap<NativeBytes, NativeBytes> map) throws IOException {
        repaired = map.longSize();
        Files.deleteIfExists(slotsFile);
        if (redoSound && redo.isBatch()) {
            redone = new BatchRecovery(redo, map, this::undo).run();
        } else if (redoSound) {
            redoSingle(map);
        }
    }

    /** Counts what is there and says what is not. */
    void finish(final ShardStorage storage) throws IOException {
        final long highest = storage.count();
        entries = storage.entryCount();
        missing = Math.max(0, soundBefore - repaired) + lostBeforeRepair();
        final long applied = control.get(APPLIED_POSITION_OFFSET);
        control.put(
                APPLIED_POSITION_OFFSET,
                Math.max(Math.max(applied, highest), redone ? redo.position() : 0));
        redo.disarm();
        if (quarantine.entries() + missing > 0) {
            quarantine.report(
                    Instant.now().truncatedTo(ChronoUnit.SECONDS)
                            + " shard "
                            + index
                            + ": "
                            + entries
                            + " entries sound, "
                            + quarantine.entries()
                            + " moved to quarantine, "
                            + missing
                            + " missing");
        }
    }

    /** The command that was cut off may have added or removed its entries, or torn their slots. */
    private long lostBeforeRepair() {
        final long tolerated = !armed ? 0 : redoSound && redo.isBatch() ? redo.batchCount() : 1;
        return Math.max(
                Math.max(0, lost - tolerated),
                countBefore - soundBefore - quarantine.entries() - tolerated);
    }

    /** Applying a command that was complete already changes nothing but the place of its bytes. */
    private void redoSingle(final ChronicleMap<NativeBytes, NativeBytes> map) {
        final NativeBytes key = new NativeBytes();
        key.wrap(redo.keyAddress(), redo.keyLength());
        if (redo.operation() == RedoSlot.PUT) {
            final NativeBytes value = new NativeBytes();
            value.wrap(redo.valueAddress(), redo.valueLength());
            try {
                map.put(key, value);
            } catch (final RuntimeException ex) {
                if (!RefusedPut.isRefusal(ex)) {
                    throw ex;
                }
                // it was refused, or would have been
                undo(ex, map, redo.keyAddress(), redo.keyLength(), redo.keyHash());
                return;
            }
        } else {
            map.remove(key);
        }
        redone = true;
    }

    private void undo(
            final RuntimeException refusal,
            final ChronicleMap<NativeBytes, NativeBytes> map,
            final long keyAddress,
            final int keyLength,
            final long keyHash) {
        final long length =
                ((VanillaChronicleHash<?, ?, ?, ?>) map).globalMutableState().getDataStoreSize();
        try (MappedFile mapped = MappedFile.map(mapFile, true, length)) {
            RefusedPut.undo(
                    refusal,
                    mapFile,
                    layout,
                    mapped,
                    new EntryFinder(layout, mapped.address(), length),
                    keyAddress,
                    keyLength,
                    keyHash);
        }
    }

    boolean redone() {
        return redone;
    }

    long entries() {
        return entries;
    }

    long quarantined() {
        return quarantine.entries();
    }

    long missing() {
        return missing;
    }
}
