package io.stoat.store;

import static io.stoat.store.ControlDescriptor.*;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import net.openhft.chronicle.hash.ChronicleHashCorruption;
import net.openhft.chronicle.hash.impl.VanillaChronicleHash;
import net.openhft.chronicle.map.ChronicleMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Makes one shard sound after its owner died: finishes the command in the redo slot, then checks
 * every entry against its checksum. An entry that fails is moved to {@code
 * quarantine/shard-NNN.entries} (key length, value length, key, value for each; big-endian lengths)
 * and named in {@code quarantine/report.txt}; nothing is dropped silently.
 */
final class ShardRecovery {
    private static final int MAX_MESSAGES = 100;

    private final Path mapFile;
    private final Path quarantine;
    private final int index;
    private final ControlFile control;
    private final List<String> messages = new ArrayList<>();
    private final long countBefore;
    private boolean redone;
    private long entries;
    private long valueBytes;
    private long quarantined;
    private long missing;
    private long position;

    ShardRecovery(final Path dataDir, final int index, final ControlFile control) {
        mapFile = ShardFiles.map(dataDir, index);
        this.quarantine = dataDir.resolve("quarantine");
        this.index = index;
        this.control = control;
        countBefore = control.get(ENTRY_COUNT_OFFSET);
        position = control.get(APPLIED_POSITION_OFFSET);
    }

    /** Takes note of what Chronicle Map mends, for the report. */
    ChronicleHashCorruption.Listener corruptionListener() {
        return corruption -> {
            if (messages.size() < MAX_MESSAGES) {
                messages.add(corruption.message());
            }
        };
    }

    void run(final ChronicleMap<NativeBytes, NativeBytes> map) throws IOException {
        final RedoSlot redo = control.redoSlot();
        final boolean armed = redo.operation() != RedoSlot.IDLE;
        final int maxValueLength = (int) control.get(MAX_VALUE_LENGTH_OFFSET);
        if (armed && redo.isSound(maxValueLength)) {
            redo(map, redo);
        }
        checkEntries(map, maxValueLength);
        // the command that was cut off may have added or removed one entry
        missing = Math.max(0, countBefore - entries - quarantined - (armed ? 1 : 0));
        control.put(ENTRY_COUNT_OFFSET, entries);
        control.put(VALUE_BYTES_OFFSET, valueBytes);
        control.put(APPLIED_POSITION_OFFSET, position);
        redo.disarm();
        if (quarantined + missing > 0) {
            writeReport();
        }
    }

    /** Applying a command that was complete already changes nothing but the place of its bytes. */
    private void redo(final ChronicleMap<NativeBytes, NativeBytes> map, final RedoSlot redo) {
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
                undo(ex, map, redo);
                return;
            }
        } else {
            map.remove(key);
        }
        position = Math.max(position, redo.position());
        redone = true;
    }

    private void undo(
            final RuntimeException refusal,
            final ChronicleMap<NativeBytes, NativeBytes> map,
            final RedoSlot redo) {
        final long length =
                ((VanillaChronicleHash<?, ?, ?, ?>) map).globalMutableState().getDataStoreSize();
        final MapLayout layout = control.layout();
        try (MappedFile mapped = MappedFile.map(mapFile, true, length)) {
            RefusedPut.undo(
                    refusal,
                    mapFile,
                    layout,
                    mapped,
                    new EntryFinder(layout, mapped.address(), length),
                    redo.keyAddress(),
                    redo.keyLength(),
                    redo.keyHash());
        }
    }

    private void checkEntries(
            final ChronicleMap<NativeBytes, NativeBytes> map, final int maxValueLength) {
        map.forEachEntry(
                entry -> {
                    final NativeBytes key = entry.key().get();
                    final NativeBytes value = entry.value().get();
                    final int payloadLength = value.length - ValueDescriptor.HEADER_LENGTH;
                    final long hash = XxHash64.hash(null, key.address, key.length, 0L);
                    if (payloadLength < 0
                            || payloadLength > maxValueLength
                            || key.length < 1
                            || key.length > StoreContext.MAX_KEY_LENGTH
                            || !ValueDescriptor.isSound(value.address, payloadLength, hash)) {
                        quarantine(key, value);
                        entry.doRemove();
                    } else {
                        entries++;
                        valueBytes += payloadLength;
                        position = Math.max(position, ValueDescriptor.version(value.address));
                    }
                });
    }

    private void quarantine(final NativeBytes key, final NativeBytes value) {
        quarantined++;
        try {
            Files.createDirectories(quarantine);
            try (DataOutputStream out =
                    new DataOutputStream(
                            Files.newOutputStream(
                                    quarantine.resolve(String.format("shard-%03d.entries", index)),
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.APPEND))) {
                out.writeInt(key.length);
                out.writeInt(value.length);
                out.write(bytes(key));
                out.write(bytes(value));
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException(
                    "cannot move a damaged entry to " + quarantine + ": free space there", ex);
        }
        if (messages.size() < MAX_MESSAGES) {
            messages.add("entry with key " + printable(bytes(key)) + ": checksum does not match");
        }
    }

    private static byte[] bytes(final NativeBytes from) {
        final byte[] bytes = new byte[from.length];
        new UnsafeBuffer(from.address, from.length).getBytes(0, bytes);
        return bytes;
    }

    private static String printable(final byte[] key) {
        return new String(key, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", "?");
    }

    private void writeReport() throws IOException {
        Files.createDirectories(quarantine);
        final List<String> lines = new ArrayList<>();
        lines.add(
                Instant.now().truncatedTo(ChronoUnit.SECONDS)
                        + " shard "
                        + index
                        + ": "
                        + entries
                        + " entries sound, "
                        + quarantined
                        + " moved to quarantine, "
                        + missing
                        + " missing");
        messages.forEach(message -> lines.add("  " + message));
        Files.write(
                quarantine.resolve("report.txt"),
                lines,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    boolean redone() {
        return redone;
    }

    long entries() {
        return entries;
    }

    long quarantined() {
        return quarantined;
    }

    long missing() {
        return missing;
    }
}
