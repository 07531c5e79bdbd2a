package io.stoat.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.UnsafeApi;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongArrayList;

/**
 * Goes through the hash look-ups of a crashed shard before Chronicle Map repairs its structures,
 * and writes them anew with only slots that lead to sound entries, one slot an entry and one entry
 * a key. Chronicle Map's own repair can't tell which of two contradicting slots is right, and takes
 * an entry out for good when it meets it twice: after a slot that the killed owner was shifting, or
 * behind a hole at the end of the table. Checksums and versions can tell.
 */
final class SlotAudit {
    private final MapLayout layout;
    private final EntryFinder finder;
    private final RedoSlot redo;
    private final boolean redoSound;
    private final BatchPlan batch;
    private final int maxValueLength;
    private final Quarantine quarantine;
    private final long[] seenChunks;
    private final List<Tier> tiers = new ArrayList<>();
    private final Long2ObjectHashMap<Kept> keptByHash = new Long2ObjectHashMap<>();
    private long lost;
    private long sound;

    /** A tier and the slots to keep; 0 for one that was given up. */
    private record Tier(long address, LongArrayList slots) {}

    /** An entry of a segment with several tiers. */
    private record Kept(
            LongArrayList slots, int index, long keyAddress, int keyLength, long version) {}

    SlotAudit(
            final MapLayout layout,
            final MappedFile mapped,
            final RedoSlot redo,
            final boolean redoSound,
            final int maxValueLength,
            final Quarantine quarantine) {
        this.layout = layout;
        this.redo = redo;
        this.redoSound = redoSound;
        batch = redoSound && redo.isBatch() ? new BatchPlan(redo) : null;
        if (batch != null) {
            batch.load();
        }
        this.maxValueLength = maxValueLength;
        this.quarantine = quarantine;
        finder = new EntryFinder(layout, mapped.address(), mapped.length());
        seenChunks = new long[(int) (layout.chunksPerTier() + 63 >>> 6)];
    }

    void run() {
        for (int segment = 0; segment < layout.segments(); segment++) {
            tiers.clear();
            keptByHash.clear();
            EntryWalk.tiers(
                    finder, segment, tier -> tiers.add(new Tier(tier, new LongArrayList())));
            for (final Tier each : tiers) {
                audit(segment, each);
            }
            tiers.forEach(this::writeSlots);
        }
    }

    private void audit(final int segment, final Tier tier) {
        Arrays.fill(seenChunks, 0);
        for (long index = 0; index < finder.slotCapacity(); index++) {
            final int decoded = finder.entryAt(tier.address, index);
            if (decoded != EntryFinder.ABSENT && isToKeep(segment, tier, index, decoded)) {
                tier.slots.addLong(finder.slotAt(tier.address, index));
                sound++;
            }
        }
    }

    /** Linear probing without a hole between an entry and its first choice. */
    private void writeSlots(final Tier tier) {
        UnsafeApi.setMemory(tier.address, finder.slotCapacity() * layout.slotSize(), (byte) 0);
        for (int i = 0; i < tier.slots.size(); i++) {
            final long slot = tier.slots.getLong(i);
            if (slot != 0) {
                long index = finder.firstChoice(slot);
                while (finder.slotAt(tier.address, index) != 0) {
                    index = index + 1 & finder.slotCapacity() - 1;
                }
                finder.putSlot(tier.address, index, slot);
            }
        }
    }

    private boolean isToKeep(
            final int segment, final Tier tier, final long index, final int decoded) {
        if (decoded == EntryFinder.OUT_OF_BOUNDS) {
            return lose("slot " + index + " of segment " + segment + " leads nowhere");
        }
        final int chunk = (int) finder.chunkAt(tier.address, index);
        if ((seenChunks[chunk >>> 6] >>> chunk & 1) != 0) {
            // the second copy of a slot that was being shifted
            return false;
        }
        final long hash = XxHash64.hash(null, finder.keyAddress(), finder.keyLength(), 0L);
        if (finder.segmentOf(hash) != segment || !finder.isSlotOf(tier.address, index, hash)) {
            return lose("slot " + index + " of segment " + segment + " is of another key");
        }
        final int payloadLength = finder.valueLength() - ValueDescriptor.HEADER_LENGTH;
        if (payloadLength > maxValueLength
                || !ValueDescriptor.isSound(finder.valueAddress(), payloadLength, hash)) {
            if (!isArmed()) {
                quarantine.add(
                        finder.keyAddress(),
                        finder.keyLength(),
                        finder.valueAddress(),
                        finder.valueLength());
            }
            return false;
        }
        seenChunks[chunk >>> 6] |= 1L << chunk;
        return tiers.size() == 1 || isNewest(tier.slots, hash);
    }

    private boolean lose(final String message) {
        lost++;
        quarantine.note(message);
        return false;
    }

    /** Whether the armed command writes or removes this entry anyhow. */
    private boolean isArmed() {
        final long keyAddress = finder.keyAddress();
        final int keyLength = finder.keyLength();
        return batch == null
                ? redoSound && redo.isKey(keyAddress, keyLength)
                : batch.isKey(keyAddress, keyLength);
    }

    /** An entry that was moving to another tier may be in both: the older one's slot goes. */
    private boolean isNewest(final LongArrayList slots, final long hash) {
        final Kept kept =
                new Kept(
                        slots,
                        slots.size(),
                        finder.keyAddress(),
                        finder.keyLength(),
                        ValueDescriptor.version(finder.valueAddress()));
        final Kept other = keptByHash.get(hash);
        if (other == null) {
            keptByHash.put(hash, kept);
        } else if (isSameKey(kept, other)) {
            if (kept.version < other.version) {
                return false;
            }
            other.slots.setLong(other.index, 0);
            sound--;
            keptByHash.put(hash, kept);
        }
        return true;
    }

    private static boolean isSameKey(final Kept a, final Kept b) {
        return a.keyLength == b.keyLength
                && EntryFinder.matches(null, a.keyAddress, b.keyAddress, a.keyLength);
    }

    /** Slots that led to no entry at all; what they led to once can't be told. */
    long lost() {
        return lost;
    }

    /** Entries left. */
    long sound() {
        return sound;
    }
}
